package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.queue.StatusDao.WorkStatus;
import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.AttemptFailure;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import java.util.Optional;

/**
 * Reports to the observer of a worker failed attempts, and completions of work whose claim was
 * lost. Safe for use by many threads.
 */
final class WorkerReports {
  private final StoreEngine engine;
  private final BelayObserver observer;

  /** Creates the reports to {@code observer}, which must not throw. */
  WorkerReports(StoreEngine engine, BelayObserver observer) {
    this.engine = engine;
    this.observer = observer;
  }

  void failed(Claim claim, Throwable thrown, Outcome outcome) {
    observer.attemptFailed(
        new AttemptFailure(
            claim.queue(),
            claim.workId(),
            claim.worker(),
            claim.attempt(),
            claim.attemptsMax(),
            thrown,
            outcome));
  }

  /**
   * Reports the lost claims of {@code held}, after its handler has returned and its open claims
   * were completed.
   */
  void completed(HeldClaim held) {
    for (RunClaim claim : held.run().all()) {
      if (!isSettled(claim)) {
        lost(claim.claim());
      }
    }
  }

  /** Reports work that was done although its claim was lost, and will be done again. */
  void lost(Claim claim) {
    observer.completionLost(claim.queue(), claim.workId(), claim.worker(), claim.attempt());
  }

  /** Returns whether {@code claim} was settled, by this process or another. */
  boolean isSettled(RunClaim claim) {
    return claim.isSettled() || isSettledElsewhere(claim.claim());
  }

  private boolean isSettledElsewhere(Claim claim) {
    try {
      Optional<WorkStatus> status =
          engine.look(tx -> tx.attach(StatusDao.class).status(claim.workId(), claim.queue()));
      return status.isPresent() && status.get().wasSettled(claim.token());
    } catch (RuntimeException e) {
      engine.warn(claim + " may have been settled by its handler; its status cannot be read", e);
      return false;
    }
  }
}
