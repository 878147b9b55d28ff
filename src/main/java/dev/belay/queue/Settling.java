package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TxCheck;
import dev.belay.store.BelayObserver.SettlementEvent.Outcome;
import dev.belay.store.CheckReturnValue;
import dev.belay.store.TextRule;
import dev.belay.store.Ttl;
import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/**
 * How the holder of a claim renews and ends it; see {@link WorkQueue} for what holds for every
 * verb. Safe for use by many threads.
 *
 * <p>A claim that is not live answers {@link Settlement#CLAIM_LOST} and changes nothing. Work that
 * someone asked to cancel may still be completed or buried; whatever gives it back cancels it.
 */
public sealed interface Settling permits WorkQueue {
  /** How many code points of an error are kept; the rest is cut. */
  int ERROR_MAX = 4_000;

  /** The queue's name. */
  String name();

  /** The transactions of the queue's store. */
  TxRunner tx();

  /** How the queue behaves. */
  QueueOptions options();

  /** Renews a claim, and with it all of its lane grant, until {@code ttl} from now. */
  @CheckReturnValue
  default ClaimRenewal renew(Claim claim, Duration ttl) {
    return engine().verbFirst(tx -> renew(tx, claim, ttl));
  }

  /** As {@link #renew(Claim, Duration)}, in {@code tx}. */
  @CheckReturnValue
  default ClaimRenewal renew(Tx tx, Claim claim, Duration ttl) {
    long ttlMs = Ttl.toMs(ttl);
    Claim here = claim.inQueue(name());
    return engine()
        .all(tx, "WorkQueue.renew", all -> new SettleStep(all, here).renew(claim, ttlMs));
  }

  /**
   * Finishes claimed work as DONE.
   *
   * @throws IllegalStateException if earlier work of its lane grant is open
   */
  @CheckReturnValue
  default Settlement complete(Claim claim) {
    return engine().verb(tx -> complete(tx, claim));
  }

  /** As {@link #complete(Claim)}, in {@code tx}. */
  @CheckReturnValue
  default Settlement complete(Tx tx, Claim claim) {
    return settle(tx, claim, "complete", step -> step.complete(null));
  }

  /** As {@link #complete(Claim)}, and keeps the result of the work. */
  @CheckReturnValue
  default Settlement complete(Claim claim, String result) {
    return engine().verb(tx -> complete(tx, claim, result));
  }

  /** As {@link #complete(Claim, String)}, in {@code tx}. */
  @CheckReturnValue
  default Settlement complete(Tx tx, Claim claim, String result) {
    TextRule.body("result", result);
    return settle(tx, claim, "complete", step -> step.complete(result));
  }

  /**
   * Gives claimed work back to be tried later, by the retry policy; buries the last attempt. A
   * policy that throws is logged, and {@link RetryPolicy#exponential()} takes its place.
   *
   * @throws IllegalStateException if the policy answers no delay; the claim is as it was
   */
  @CheckReturnValue
  default Settlement fail(Claim claim, String error) {
    return engine().verb(tx -> fail(tx, claim, error));
  }

  /** As {@link #fail(Claim, String)}, in {@code tx}. */
  @CheckReturnValue
  default Settlement fail(Tx tx, Claim claim, String error) {
    String kept = cut("error", error);
    return settle(
        tx,
        claim,
        "fail",
        step ->
            step.fail(options().retry(), kept) == Outcome.CLAIM_LOST
                ? Settlement.CLAIM_LOST
                : Settlement.SETTLED);
  }

  /** Gives claimed work back until {@code until}, and charges no attempt. */
  @CheckReturnValue
  default Settlement defer(Claim claim, Instant until) {
    return engine().verb(tx -> defer(tx, claim, until));
  }

  /** As {@link #defer(Claim, Instant)}, in {@code tx}. */
  @CheckReturnValue
  default Settlement defer(Tx tx, Claim claim, Instant until) {
    long untilMs = Times.atLeast("until", until);
    return settle(tx, claim, "defer", step -> step.defer(untilMs));
  }

  /** Gives claimed work back at once, and charges no attempt. */
  @CheckReturnValue
  default Settlement release(Claim claim) {
    return engine().verb(tx -> release(tx, claim));
  }

  /** As {@link #release(Claim)}, in {@code tx}. */
  @CheckReturnValue
  default Settlement release(Tx tx, Claim claim) {
    return settle(tx, claim, "release", SettleStep::release);
  }

  /**
   * Finishes claimed work as BURIED: nobody tries it again, unless it is requeued.
   *
   * @throws IllegalStateException if earlier work of its lane grant is open
   */
  @CheckReturnValue
  default Settlement bury(Claim claim, String reason) {
    return engine().verb(tx -> bury(tx, claim, reason));
  }

  /** As {@link #bury(Claim, String)}, in {@code tx}. */
  @CheckReturnValue
  default Settlement bury(Tx tx, Claim claim, String reason) {
    String kept = cut("reason", reason);
    return settle(tx, claim, "bury", step -> step.bury(kept));
  }

  /**
   * Checks that a claim is live, without settling it. In a transaction that writes nobody else is
   * granted the work before it ends; what a reader finds may be past.
   *
   * @throws ClaimLostException if it is not; let it pass, so that nothing of {@code tx} stays
   */
  default void require(Tx tx, Claim claim) {
    TxCheck.reading(tx, engine(), "WorkQueue.require");
    if (!new SettleStep(tx, claim.inQueue(name())).isLive()) {
      throw new ClaimLostException(claim);
    }
  }

  private Settlement settle(
      Tx tx, Claim claim, String verb, Function<SettleStep, Settlement> ending) {
    Claim here = claim.inQueue(name());
    return engine()
        .all(
            tx,
            "WorkQueue." + verb,
            all -> {
              SettleStep step = new SettleStep(all, here);
              Settlement settlement = ending.apply(step);
              if (settlement == Settlement.SETTLED) {
                boolean finishes = verb.equals("complete") || verb.equals("bury");
                ((WorkQueue) this).held().settled(all, here, !finishes, step);
              }
              return settlement;
            });
  }

  private StoreEngine engine() {
    return (StoreEngine) tx();
  }

  private static String cut(String field, String text) {
    TextRule.body(field, text);
    return text.codePointCount(0, text.length()) <= ERROR_MAX
        ? text
        : text.substring(0, text.offsetByCodePoints(0, ERROR_MAX));
  }
}
