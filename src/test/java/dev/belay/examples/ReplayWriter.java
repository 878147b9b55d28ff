package dev.belay.examples;

import dev.belay.Belay;
import dev.belay.session.CommitOutcome;
import dev.belay.session.Session;
import dev.belay.session.SessionCommit;
import dev.belay.session.Sessions;
import dev.belay.testing.Parent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A process that commits every line of every transcript, round after round, as if it were alone. It
 * may be killed at any instant: it keeps nothing that it cannot find again in the store.
 *
 * <p>Its moves are those of a worker that retries: each line goes out under the operation id of
 * that line, on the revision that the lines before it make. What another writer was first with
 * comes back as a replay. Now and then it believes that a colleague has just taken its line, and
 * goes for the one after; the store refuses that with a conflict unless it is so.
 */
final class ReplayWriter {
  private static final long STATUS_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int ONE_GUESS_IN = 8;

  private final Sessions sessions;
  private final List<Transcript> transcripts;
  private final Random random;
  private final Parent parent;

  private WriterStatus status = WriterStatus.NONE;
  private long reportedAtNs = System.nanoTime();

  private volatile int lastRound = Integer.MAX_VALUE;

  private ReplayWriter(
      Sessions sessions, List<Transcript> transcripts, Random random, Parent parent) {
    this.sessions = sessions;
    this.transcripts = transcripts;
    this.random = random;
    this.parent = parent;
  }

  /** Arguments: the database file, the folder, the number of the writer, its first round. */
  public static void main(String[] args) {
    List<Transcript> transcripts = Transcript.readFolder(Path.of(args[1]));
    Random random = new Random(Long.parseLong(args[2]));
    Parent parent = new Parent();
    try (Belay belay = Belay.open(Path.of(args[0]))) {
      ReplayWriter writer = new ReplayWriter(belay.sessions(), transcripts, random, parent);
      parent.listen(line -> writer.lastRound = Integer.parseInt(line));
      writer.replayFrom(Integer.parseInt(args[3]));
    }
  }

  /**
   * Plays rounds until the parent names the last one. A round that was begun is finished; one that
   * others have finished meanwhile is passed over, so that all race for the same one.
   */
  private void replayFrom(int firstRound) {
    for (int round = firstRound; round <= lastRound; round++) {
      status = status.plus(new WriterStatus(round, 0, 0, 0, 0));
      // Before the round's first commit: the parent must know of every round there is.
      report();
      if (!isFinished(round)) {
        replayRound(round);
      }
    }
    report();
  }

  private boolean isFinished(int round) {
    for (Transcript transcript : transcripts) {
      Optional<Session> session = sessions.find(transcript.sessionId(round));
      if (session.map(Session::revision).orElse(0L) < transcript.lines().size()) {
        return false;
      }
    }
    return true;
  }

  private void replayRound(int round) {
    int[] committed = new int[transcripts.size()];
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < committed.length; i++) {
      if (!transcripts.get(i).lines().isEmpty()) {
        open.add(i);
      }
    }
    while (!open.isEmpty()) {
      int pick = random.nextInt(open.size());
      int i = open.get(pick);
      Transcript transcript = transcripts.get(i);
      committed[i] = commitNext(transcript, round, committed[i]);
      if (committed[i] == transcript.lines().size()) {
        open.remove(pick);
      }
      if (System.nanoTime() - reportedAtNs > STATUS_INTERVAL_NS) {
        report();
      }
    }
  }

  /** Tries a line after the first {@code committed} and returns how many are committed then. */
  private int commitNext(Transcript transcript, int round, int committed) {
    boolean guess = random.nextInt(ONE_GUESS_IN) == 0 && committed + 1 < transcript.lines().size();
    int before = guess ? committed + 1 : committed;
    SessionCommit commit =
        SessionCommit.to(transcript.sessionId(round), before)
            .operation("line-" + (before + 1))
            .append(transcript.lines().get(before).event());

    long startNs = System.nanoTime();
    CommitOutcome outcome = sessions.commit(commit);
    long tookNs = System.nanoTime() - startNs;

    if (outcome instanceof CommitOutcome.RevisionConflict conflict) {
      status = status.plus(new WriterStatus(round, 0, 0, 1, tookNs));
      if (conflict.actual() < committed) {
        throw new IllegalStateException(
            transcript.sessionId(round) + " fell from " + committed + " to " + conflict.actual());
      }
      return Math.toIntExact(conflict.actual());
    }
    boolean replayed = outcome.orThrow().replayed();
    status = status.plus(new WriterStatus(round, replayed ? 0 : 1, replayed ? 1 : 0, 0, tookNs));
    return before + 1;
  }

  private void report() {
    parent.say(status.toLine());
    reportedAtNs = System.nanoTime();
  }
}
