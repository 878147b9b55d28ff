package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.peer.OwnSession;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The longest calls, and where each spent its time: before its statements (waiting for the lock),
 * in them, and after them (the commit, with the checkpoint that it may bring). Belongs to one
 * thread.
 */
final class SlowCalls {
  private static final int KEPT = 5;
  private static final Comparator<Call> BY_WAIT = Comparator.comparingLong(Call::waitMicros);

  /**
   * @param atMicros when it began, since the window opened; negative if before
   */
  private record Call(long atMicros, long lockMicros, long writeMicros, long commitMicros) {
    long waitMicros() {
      return lockMicros + writeMicros + commitMicros;
    }

    @Override
    public String toString() {
      return waitMicros()
          + "us@"
          + atMicros / 1000
          + "ms:lock="
          + lockMicros
          + ",write="
          + writeMicros
          + ",commit="
          + commitMicros;
    }
  }

  private final List<Call> calls = new ArrayList<>();

  void add(Window window, long before, OwnSession session, long after) {
    if (calls.size() == KEPT && calls.get(0).waitMicros() >= (after - before) / 1000) {
      return;
    }
    calls.add(
        new Call(
            (before - window.beginNanos()) / 1000,
            (session.lockedNanos() - before) / 1000,
            (session.writtenNanos() - session.lockedNanos()) / 1000,
            (after - session.writtenNanos()) / 1000));
    trim();
  }

  void addAll(SlowCalls others) {
    calls.addAll(others.calls);
    trim();
  }

  private void trim() {
    calls.sort(BY_WAIT);
    while (calls.size() > KEPT) {
      calls.remove(0);
    }
  }

  /** The longest last, without blanks. */
  @Override
  public String toString() {
    return calls.stream().map(Call::toString).collect(Collectors.joining(";"));
  }
}
