package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.queue.StatusDao.WorkStatus;
import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.AttemptFailure;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import java.util.Optional;

/**
 * Tells what came to nothing in a worker: attempts that failed, and work that was done under a
 * claim that had been lost. Safe for use by many threads.
 */
final class WorkerReports {
  private final StoreEngine engine;
  private final BelayObserver observer;

  /** Tells {@code observer}, which throws nothing. */
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

  /** The handler of {@code held} has returned, and all that was still open has been completed. */
  void completed(HeldClaim held) {
    for (RunClaim claim : held.run().all()) {
      if (!isSettled(claim)) {
        lost(claim.claim());
      }
    }
  }

  /** What {@code claim} was for is done, and will be done again. */
  void lost(Claim claim) {
    observer.completionLost(claim.queue(), claim.workId(), claim.worker(), claim.attempt());
  }

  /** Whether somebody has settled {@code claim}, by this store or by another. */
  boolean isSettled(RunClaim claim) {
    return claim.isSettled() || isSettledElsewhere(claim.claim());
  }

  private boolean isSettledElsewhere(Claim claim) {
    try {
      Optional<WorkStatus> status =
          engine.look(tx -> tx.attach(StatusDao.class).status(claim.workId(), claim.queue()));
      return status.isPresent() && status.get().wasSettled(claim.token());
    } catch (RuntimeException e) {
      engine.warn(claim + " may have been settled by its handler; nobody can know", e);
      return false;
    }
  }
}
