package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A claim that a worker holds and renews, and with it whatever joined its grant. Safe for use by
 * many threads.
 */
final class HeldClaim {
  /** The margin between the end of {@link #isHeld} and the expiry is at most so long. */
  private static final long MARGIN_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private static final int MARGINS_PER_TTL = 10;

  /** Until when the claim is live, by the clock and by {@code nanoTime}: both must agree. */
  private record Hold(
      Claim claim, Instant renewedAt, Instant until, long sentNanos, long untilNanos) {}

  private final InstantSource clock;
  private final long ttlNanos;
  private volatile Hold hold;
  private final HandlerRun run;
  private final CancelSignal cancelSignal;
  private volatile boolean lost;
  private volatile @Nullable String result;

  /**
   * Of a claim just made.
   *
   * @param sentNanos before it was asked for: the store reads its clock later
   */
  HeldClaim(StoreEngine engine, Claim claim, long ttlMs, long sentNanos) {
    this.clock = engine.clock();
    this.run = new HandlerRun(claim);
    this.cancelSignal = new CancelSignal(engine);
    this.ttlNanos = TimeUnit.MILLISECONDS.toNanos(ttlMs);
    this.hold = hold(claim, sentNanos);
  }

  private Hold hold(Claim claim, long sentNanos) {
    long marginNanos = Math.min(ttlNanos / MARGINS_PER_TTL, MARGIN_NANOS_MAX);
    return new Hold(
        claim,
        claim.expiresAt().minusNanos(ttlNanos),
        claim.expiresAt().minusNanos(marginNanos),
        sentNanos,
        sentNanos + (ttlNanos - marginNanos));
  }

  /** The claim that the handler was called for, as it was renewed last. */
  Claim claim() {
    return hold.claim();
  }

  /** That claim and what joined it. */
  HandlerRun run() {
    return run;
  }

  CancelSignal cancelSignal() {
    return cancelSignal;
  }

  /** As {@link WorkContext#isHeld}. */
  boolean isHeld() {
    Hold current = hold;
    return !lost
        && run.isOpen()
        && System.nanoTime() - current.untilNanos() < 0
        && clock.instant().isBefore(current.until());
  }

  void result(String result) {
    this.result = result;
  }

  @Nullable String result() {
    return result;
  }

  boolean isLost() {
    return lost;
  }

  /** It is given back: who is still at it learns so. */
  void givenBack() {
    lost = true;
  }

  /** Its handler has ended: nothing joins it, and nobody is told of a wish to cancel. */
  void handlerEnded() {
    run.end();
    cancelSignal.end();
  }

  /** Whether the last renewal is {@code nanos} old, by the clock or by {@code nanoTime}. */
  boolean isOlderThan(long nanos) {
    Hold current = hold;
    return System.nanoTime() - current.sentNanos() >= nanos
        || !clock.instant().isBefore(current.renewedAt().plusNanos(nanos));
  }

  /** Takes the answer to a renewal that was sent at {@code sentNanos}. */
  void renewed(ClaimRenewal renewal, long sentNanos) {
    if (renewal instanceof ClaimRenewal.Renewed renewed) {
      hold = hold(claim().until(renewed.claim().expiresAt()), sentNanos);
      if (renewed.cancelRequested()) {
        cancelSignal.request();
      }
    } else {
      lost = true;
    }
  }
}
