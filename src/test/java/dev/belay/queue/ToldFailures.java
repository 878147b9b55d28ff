package dev.belay.queue;

import dev.belay.store.BelayObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a worker tells of failures. Safe for use by many threads. */
final class ToldFailures implements BelayObserver {
  final List<AttemptFailure> failed = new CopyOnWriteArrayList<>();
  final List<Long> lost = new CopyOnWriteArrayList<>();

  @Override
  public void attemptFailed(AttemptFailure failure) {
    failed.add(failure);
  }

  @Override
  public void completionLost(String queue, long workId, String worker, int attempt) {
    lost.add(workId);
  }

  /** The failures told of one piece of work. */
  List<AttemptFailure> of(long workId) {
    return failed.stream().filter(failure -> failure.workId() == workId).toList();
  }

  /** The only failure there is. */
  AttemptFailure one() {
    if (failed.size() != 1) {
      throw new AssertionError("told: " + failed);
    }
    return failed.get(0);
  }
}
