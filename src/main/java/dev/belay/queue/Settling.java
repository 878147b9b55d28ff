package dev.belay.queue;

import dev.belay.store.TextRule;
import dev.belay.store.Tx;
import dev.belay.store.TxCheck;
import dev.belay.store.TxRunner;
import java.time.Instant;

/**
 * How the holder of a claim ends it; see {@link WorkQueue} for what holds for every verb. Safe for
 * use by many threads.
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

  /**
   * Finishes claimed work as DONE.
   *
   * @throws IllegalStateException if earlier work of its lane grant is open
   */
  default Settlement complete(Claim claim) {
    return tx().write(tx -> complete(tx, claim));
  }

  /** As {@link #complete(Claim)}, in {@code tx}. */
  default Settlement complete(Tx tx, Claim claim) {
    return settle(tx, claim, "complete").complete(null);
  }

  /** As {@link #complete(Claim)}, and keeps what came of it. */
  default Settlement complete(Claim claim, String result) {
    return tx().write(tx -> complete(tx, claim, result));
  }

  /** As {@link #complete(Claim, String)}, in {@code tx}. */
  default Settlement complete(Tx tx, Claim claim, String result) {
    TextRule.body("result", result);
    return settle(tx, claim, "complete").complete(result);
  }

  /** Gives claimed work back to be tried later, by the retry policy; buries the last attempt. */
  default Settlement fail(Claim claim, String error) {
    return tx().write(tx -> fail(tx, claim, error));
  }

  /** As {@link #fail(Claim, String)}, in {@code tx}. */
  default Settlement fail(Tx tx, Claim claim, String error) {
    String kept = cut("error", error);
    return settle(tx, claim, "fail").fail(options().retry(), kept);
  }

  /** Gives claimed work back until {@code until}, and charges no attempt. */
  default Settlement defer(Claim claim, Instant until) {
    return tx().write(tx -> defer(tx, claim, until));
  }

  /** As {@link #defer(Claim, Instant)}, in {@code tx}. */
  default Settlement defer(Tx tx, Claim claim, Instant until) {
    long untilMs = Times.atLeast("until", until);
    return settle(tx, claim, "defer").defer(untilMs);
  }

  /** Gives claimed work back at once, and charges no attempt. */
  default Settlement release(Claim claim) {
    return tx().write(tx -> release(tx, claim));
  }

  /** As {@link #release(Claim)}, in {@code tx}. */
  default Settlement release(Tx tx, Claim claim) {
    return settle(tx, claim, "release").release();
  }

  /**
   * Finishes claimed work as BURIED: nobody tries it again, unless it is requeued.
   *
   * @throws IllegalStateException if earlier work of its lane grant is open
   */
  default Settlement bury(Claim claim, String reason) {
    return tx().write(tx -> bury(tx, claim, reason));
  }

  /** As {@link #bury(Claim, String)}, in {@code tx}. */
  default Settlement bury(Tx tx, Claim claim, String reason) {
    String kept = cut("reason", reason);
    return settle(tx, claim, "bury").bury(kept);
  }

  private SettleStep settle(Tx tx, Claim claim, String verb) {
    return new SettleStep(TxCheck.writing(tx, tx(), "WorkQueue." + verb), claim.inQueue(name()));
  }

  private static String cut(String field, String text) {
    TextRule.body(field, text);
    return text.codePointCount(0, text.length()) <= ERROR_MAX
        ? text
        : text.substring(0, text.offsetByCodePoints(0, ERROR_MAX));
  }
}
