package dev.belay.examples;

import dev.belay.Belay;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The main job: four processes race to commit every line of every recorded agent run into one
 * database file, and are killed while they do.
 *
 * <ol>
 *   <li>Each file is a session, each line an event. Writers play all files in rounds, each round
 *       into sessions of its own: small runs are over in milliseconds, too soon to kill anyone in
 *       them.
 *   <li>Once the time is over and enough writers have been killed at work, no new round begins.
 *   <li>Each session is compared with its file, byte for byte.
 * </ol>
 *
 * <p>Takes its folder from {@code -Dbelay.transcripts=DIR}, else its own. Exits with 0 if all is
 * equal, 1 if not, 2 if the folder cannot be replayed.
 */
public final class ReplayAgents {
  private static final int WRITERS = 4;
  private static final int KILLS_MIN = 3;
  private static final long RUN_NS = TimeUnit.SECONDS.toNanos(8);
  private static final long KILL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1300);
  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(50);

  private final List<Transcript> transcripts;
  private final Path folder;
  private final PrintStream out;

  private ReplayAgents(Path folder, PrintStream out) {
    this.transcripts = Transcript.readFolder(folder);
    this.folder = folder;
    this.out = out;
  }

  /** Takes no arguments. */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try {
      boolean equal = new ReplayAgents(folder(), out).run();
      System.exit(equal ? 0 : 1);
    } catch (TranscriptException e) {
      out.println("error: " + e.getMessage());
      System.exit(2);
    }
  }

  private static Path folder() throws URISyntaxException {
    String chosen = System.getProperty("belay.transcripts");
    if (chosen != null) {
      return Path.of(chosen);
    }
    URL own = Objects.requireNonNull(ReplayAgents.class.getResource("/transcripts"));
    return Path.of(own.toURI());
  }

  private boolean run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("belay-replay-");
    Path database = directory.resolve("replay.db");
    out.println(transcripts.size() + " transcripts from " + folder + ", " + WRITERS + " writers");
    boolean equal = false;
    try {
      equal = replayAndCompare(database);
    } finally {
      if (equal) {
        delete(directory);
      } else {
        out.println("FAILED; the database stays in " + database);
      }
    }
    return equal;
  }

  private boolean replayAndCompare(Path database) throws InterruptedException {
    WriterStatus status;
    double seconds;
    int kills;
    try (WriterCrew crew = new WriterCrew(WRITERS, database, folder)) {
      long beginNs = awaitFirstRound(crew);
      work(crew, beginNs);
      seconds = (System.nanoTime() - beginNs) / 1e9;
      if (crew.hasFailed()) {
        out.println("a writer ended with an error");
        return false;
      }
      status = crew.status();
      kills = crew.kills();
    }

    List<String> differences;
    long events;
    try (Belay belay = Belay.openReadOnly(database)) {
      HistoryCheck check = new HistoryCheck(belay);
      for (int round = 1; round <= status.round(); round++) {
        for (Transcript transcript : transcripts) {
          check.compare(transcript, round);
        }
      }
      differences = check.differences();
      events = check.events();
    }
    differences.forEach(difference -> out.println("DIFFERENCE: " + difference));
    new ReplayTable((long) transcripts.size() * status.round(), events, seconds, status, kills)
        .print(out);
    return differences.isEmpty();
  }

  /** Waits until a writer begins, so that the time of a starting JVM is not taken for work. */
  private static long awaitFirstRound(WriterCrew crew) {
    while (crew.status().round() == 0 && !crew.hasFailed()) {
      LockSupport.parkNanos(TICK_NS);
    }
    return System.nanoTime();
  }

  private void work(WriterCrew crew, long beginNs) throws InterruptedException {
    ProgressLine progress = new ProgressLine(out);
    long nextKillNs = beginNs + KILL_INTERVAL_NS;
    boolean finishing = false;
    while (!crew.isFinished() && !crew.hasFailed()) {
      LockSupport.parkNanos(TICK_NS);
      long nowNs = System.nanoTime();
      if (!finishing && nowNs >= nextKillNs) {
        crew.killOne();
        nextKillNs += KILL_INTERVAL_NS;
      }
      if (!finishing && nowNs - beginNs >= RUN_NS && crew.kills() >= KILLS_MIN) {
        finishing = true;
        crew.finish();
      }
      progress.show(progressText(crew, nowNs - beginNs));
    }
    progress.end();
  }

  private static String progressText(WriterCrew crew, long elapsedNs) {
    WriterStatus status = crew.status();
    return String.format(
        Locale.ROOT,
        "%3d s  round %,d  commits %,d  replays %,d  conflicts %,d  kills %d",
        TimeUnit.NANOSECONDS.toSeconds(elapsedNs),
        status.round(),
        status.commits(),
        status.replays(),
        status.conflicts(),
        crew.kills());
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
