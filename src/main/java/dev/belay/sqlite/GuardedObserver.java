package dev.belay.sqlite;

import dev.belay.store.BelayObserver;
import java.lang.System.Logger.Level;

/**
 * An observer that throws nothing: what the one behind it throws is logged. Safe for use by many
 * threads.
 */
final class GuardedObserver implements BelayObserver {
  private final BelayObserver observer;

  private GuardedObserver(BelayObserver observer) {
    this.observer = observer;
  }

  /** Returns {@code observer} behind a guard. */
  static GuardedObserver of(BelayObserver observer) {
    return observer instanceof GuardedObserver guarded ? guarded : new GuardedObserver(observer);
  }

  private void tell(Runnable event) {
    try {
      event.run();
    } catch (Throwable e) { // whatever is told of has happened
      SafeLog.log(Level.ERROR, "a BelayObserver failed", e);
    }
  }

  @Override
  public void attemptFailed(AttemptFailure failure) {
    tell(() -> observer.attemptFailed(failure));
  }

  @Override
  public void completionLost(String queue, long workId, String worker, int attempt) {
    tell(() -> observer.completionLost(queue, workId, worker, attempt));
  }

  @Override
  public String toString() {
    return observer.toString();
  }
}
