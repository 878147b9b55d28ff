package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.BelayObserver.SettlementEvent.Outcome;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The renewing and settling verbs of one queue, in the transaction of a caller, for {@link
 * WorkQueue} and its workers. Each verb writes all its changes or none. When the transaction has
 * committed, the workers of this store are notified. Safe for use by many threads.
 */
final class SettleVerbs {
  private final StoreEngine engine;
  private final ClaimRegistry held;
  private final String queue;

  SettleVerbs(StoreQueues store, String queue) {
    this.engine = store.engine();
    this.held = store.held();
    this.queue = queue;
  }

  ClaimRenewal renew(Tx tx, Claim claim, Duration ttl) {
    long ttlMs = Ttl.toMs(ttl);
    Claim here = claim.inQueue(queue);
    return engine.all(tx, "WorkQueue.renew", all -> SettleStep.of(all, here).renew(claim, ttlMs));
  }

  Settlement complete(Tx tx, Claim claim, @Nullable String result) {
    return settle(tx, claim, "WorkQueue.complete", step -> step.complete(result), held::finished);
  }

  Settlement bury(Tx tx, Claim claim, String reason) {
    return settle(tx, claim, "WorkQueue.bury", step -> step.bury(reason), held::finished);
  }

  /** Ends a claim, and notifies the workers of this store if it is settled. */
  private Settlement settle(
      Tx tx,
      Claim claim,
      String verb,
      Function<SettleStep, Settlement> ending,
      BiConsumer<Tx, Claim> noting) {
    Claim here = claim.inQueue(queue);
    return engine.all(
        tx,
        verb,
        all -> {
          Settlement settlement = ending.apply(SettleStep.of(all, here));
          if (settlement == Settlement.SETTLED) {
            noting.accept(all, here);
          }
          return settlement;
        });
  }

  /** Fails a claim. Returns FAILED, BURIED, CANCELLED or CLAIM_LOST. */
  Outcome fail(Tx tx, Claim claim, RetryPolicy retry, String error) {
    Claim here = claim.inQueue(queue);
    return engine.all(
        tx,
        "WorkQueue.fail",
        all -> {
          SettleStep step = SettleStep.of(all, here);
          Outcome outcome = step.fail(retry, error);
          if (outcome != Outcome.CLAIM_LOST) {
            held.givenBack(all, here);
            warnOfPolicy(all, step.policyFailure());
          }
          return outcome;
        });
  }

  private void warnOfPolicy(Tx tx, @Nullable Throwable failure) {
    if (failure != null) {
      String what = "queue " + queue + ": the retry policy threw; the default policy was used";
      tx.afterCommit(() -> engine.warn(what, failure));
    }
  }

  Settlement defer(Tx tx, Claim claim, Instant until) {
    long untilMs = Times.atLeast("until", until);
    return settle(tx, claim, "WorkQueue.defer", step -> step.defer(untilMs), held::givenBack);
  }

  Settlement release(Tx tx, Claim claim) {
    return settle(tx, claim, "WorkQueue.release", SettleStep::release, held::givenBack);
  }
}
