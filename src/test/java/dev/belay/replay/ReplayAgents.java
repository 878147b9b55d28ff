package dev.belay.replay;

import dev.belay.Belay;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The main job, an agent runtime: four processes do the turns of recorded agent runs in one
 * database file, and are killed and frozen while they do.
 *
 * <ol>
 *   <li>Each file is a session and a lane, each line an event. The runs are played in rounds, each
 *       round into sessions of its own; this process enqueues the first turn of each session, the
 *       agents the next with each turn.
 *   <li>Once the time is over and enough agents have been struck, no new round begins.
 *   <li>Each session is compared with its file, byte for byte, and each lane with the turns of the
 *       file.
 * </ol>
 *
 * <p>With {@code -Dbelay.store=postgres} the store is on a server, whose backends are killed and
 * which is restarted besides.
 *
 * <p>Takes its folder from {@code -Dbelay.transcripts=DIR}, else its own. With {@code
 * -Dbelay.keep=FILE} the file keeps the store of a job that ended well. Exits with 0 if all is
 * equal, 1 if not or if too few agents could be struck, 2 if it cannot begin.
 */
public final class ReplayAgents {
  private static final int AGENTS = 4;
  private static final int KILLS_MIN = 3;
  private static final int LATE_COMMITS_MIN = 1;
  private static final long RUN_NS = TimeUnit.SECONDS.toNanos(12);

  /** Generous: until then a slow machine may go on trying to strike enough agents. */
  private static final long RUN_MAX_NS = TimeUnit.MINUTES.toNanos(3);

  /** Generous: so long no turn may be done before the job is taken for stuck. */
  private static final long STUCK_NS = TimeUnit.MINUTES.toNanos(1);

  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(20);

  private final List<Transcript> transcripts;
  private final Path folder;
  private final PrintStream out;

  private ReplayAgents(Path folder, PrintStream out) {
    this.transcripts = Transcript.readFolder(folder);
    if (transcripts.stream().allMatch(transcript -> transcript.turns().isEmpty())) {
      throw new TranscriptException("no message in the folder " + folder, null);
    }
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
    URL own = Objects.requireNonNull(ReplayAgents.class.getResource("/transcripts"));
    return Path.of(option("transcripts").orElse(Path.of(own.toURI()).toString()));
  }

  /** The option {@code -Dbelay.…} of the job; an empty one was not given. */
  static Optional<String> option(String name) {
    return Optional.of(System.getProperty("belay." + name, "")).filter(text -> !text.isEmpty());
  }

  private boolean run() throws IOException, InterruptedException {
    ReplayStore store = ReplayStore.chosen();
    out.println(
        transcripts.size()
            + " transcripts from "
            + folder
            + "; starting "
            + AGENTS
            + " agents, each in a JVM of its own");
    boolean equal = false;
    try {
      equal = replayAndCompare(store);
    } finally {
      store.end(equal);
      if (!equal) {
        out.println("FAILED: see above; the database stays in " + store.address());
      }
    }
    return equal;
  }

  private boolean replayAndCompare(ReplayStore store) throws IOException, InterruptedException {
    try (Belay belay = ReplayStore.open(store.address());
        AgentCrew crew = new AgentCrew(AGENTS, store.address(), folder)) {
      Rounds rounds = new Rounds(belay, transcripts);
      long beginNs = begin(crew, rounds);
      Strikes strikes = new Strikes(crew);
      play(crew, rounds, strikes, store, beginNs);
      if (!finish(crew)) {
        out.println("an agent ended with an error, or not at all");
        return false;
      }
      return compare(belay, crew, rounds, strikes, store);
    }
  }

  /** Begins when all agents are there: the time in which JVMs start is no time of work. */
  private static long begin(AgentCrew crew, Rounds rounds) {
    while (!crew.isReady() && !crew.hasFailed()) {
      LockSupport.parkNanos(TICK_NS);
    }
    rounds.look(true);
    return System.nanoTime();
  }

  /** Returns when all turns are done, or none has been for too long. */
  private void play(AgentCrew crew, Rounds rounds, Strikes strikes, ReplayStore store, long beginNs)
      throws IOException, InterruptedException {
    ProgressLine progress = new ProgressLine(out);
    boolean more = true;
    long done = 0;
    long doneNs = beginNs;
    while ((more || !rounds.areOver()) && !crew.hasFailed()) {
      LockSupport.parkNanos(TICK_NS);
      long nowNs = System.nanoTime();
      boolean late = nowNs - beginNs >= RUN_MAX_NS;
      more &= !late && (nowNs - beginNs < RUN_NS || !isEnough(crew, strikes, store));
      strikes.go(more);
      if (more) {
        store.strike();
      }
      // A strike that was begun needs turns to be done: an agent stops in one of them only.
      rounds.look(more || (!late && !strikes.isOver()));
      if (rounds.done() != done) {
        done = rounds.done();
        doneNs = nowNs;
      } else if (nowNs - doneNs >= STUCK_NS) {
        out.println("no turn was done for " + TimeUnit.NANOSECONDS.toSeconds(STUCK_NS) + " s");
        break;
      }
      progress.show(progressText(crew, rounds, strikes, nowNs - beginNs));
    }
    progress.end();
  }

  private static boolean isEnough(AgentCrew crew, Strikes strikes, ReplayStore store) {
    return strikes.kills() >= KILLS_MIN
        && store.isStruckEnough()
        && crew.status().get(Count.LATE_COMMITS_REFUSED) >= LATE_COMMITS_MIN;
  }

  /** Lets the agents end; whether all did, and as they should. */
  private static boolean finish(AgentCrew crew) {
    long beginNs = System.nanoTime();
    crew.finish();
    while (!crew.isFinished() && !crew.hasFailed() && System.nanoTime() - beginNs < STUCK_NS) {
      LockSupport.parkNanos(TICK_NS);
    }
    return crew.isFinished() && !crew.hasFailed();
  }

  private boolean compare(
      Belay belay, AgentCrew crew, Rounds rounds, Strikes strikes, ReplayStore store) {
    HistoryCheck history = new HistoryCheck(belay);
    LaneCheck lanes = new LaneCheck(belay);
    for (int round = 1; round <= rounds.count(); round++) {
      for (Transcript transcript : transcripts) {
        history.compare(transcript, round);
        lanes.compare(transcript, round);
      }
    }
    List<String> differences = new ArrayList<>(crew.differences());
    differences.addAll(history.differences());
    differences.addAll(lanes.differences());
    differences.forEach(difference -> out.println("DIFFERENCE: " + difference));
    long sessions = (long) transcripts.size() * rounds.count();
    ReplayTable table = new ReplayTable(sessions, history, lanes, crew.status(), strikes);
    table.print(out);
    if (!isEnough(crew, strikes, store)) {
      out.println("too few agents were struck to show anything");
    }
    boolean equal = differences.isEmpty() && isEnough(crew, strikes, store);
    if (equal) {
      table.printVerdict(out, store.struck());
    }
    return equal;
  }

  private static String progressText(
      AgentCrew crew, Rounds rounds, Strikes strikes, long elapsedNs) {
    AgentStatus status = crew.status();
    return String.format(
        Locale.ROOT,
        "%3d s  %,d turns done, %,d tried again, %,d refused late, %d agents killed, %d frozen%s",
        TimeUnit.NANOSECONDS.toSeconds(elapsedNs),
        rounds.done(),
        status.get(Count.RETRIES),
        status.get(Count.CLAIMS_LOST) + status.get(Count.LEASES_LOST),
        strikes.kills(),
        strikes.freezes(),
        strikes.now());
  }
}
