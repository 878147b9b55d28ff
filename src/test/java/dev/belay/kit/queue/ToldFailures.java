package dev.belay.kit.queue;

import dev.belay.store.BelayObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An observer that keeps the failures of workers. Safe for use by many threads. */
public final class ToldFailures implements BelayObserver {
  /** The reported failures, in order. */
  public final List<AttemptFailure> failed = new CopyOnWriteArrayList<>();

  /** The ids of work whose completion was lost, in order. */
  public final List<Long> lost = new CopyOnWriteArrayList<>();

  @Override
  public void attemptFailed(AttemptFailure failure) {
    failed.add(failure);
  }

  @Override
  public void completionLost(String queue, long workId, String worker, int attempt) {
    lost.add(workId);
  }

  /** Returns the failures of one piece of work. */
  public List<AttemptFailure> of(long workId) {
    return failed.stream().filter(failure -> failure.workId() == workId).toList();
  }

  /** Returns the only failure there is. */
  public AttemptFailure one() {
    if (failed.size() != 1) {
      throw new AssertionError("told: " + failed);
    }
    return failed.get(0);
  }
}
