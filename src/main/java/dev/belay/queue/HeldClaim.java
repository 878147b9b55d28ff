package dev.belay.queue;

import dev.belay.engine.Hold;
import dev.belay.engine.StoreEngine;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A claim that a worker holds and renews, with the claims that joined its grant. Safe for use by
 * many threads.
 */
final class HeldClaim {
  private final InstantSource clock;
  private final long ttlNanos;
  private volatile Hold<Claim> hold;
  private final HandlerRun run;
  private final CancelSignal cancelSignal;
  private volatile boolean lost;
  private volatile @Nullable String result;

  /** Creates the held claim of a new claim. */
  HeldClaim(StoreEngine engine, Claim claim, long ttlMs, Hold.Sending sending) {
    this.clock = engine.clock();
    this.run = new HandlerRun(claim);
    this.cancelSignal = new CancelSignal(engine);
    this.ttlNanos = TimeUnit.MILLISECONDS.toNanos(ttlMs);
    this.hold = Hold.of(claim, claim.expiresAt(), sending, ttlNanos);
  }

  /** Returns the claim that the handler was called for, as of its last renewal. */
  Claim claim() {
    return hold.grant();
  }

  /** Returns the run: that claim and those that joined it. */
  HandlerRun run() {
    return run;
  }

  CancelSignal cancelSignal() {
    return cancelSignal;
  }

  /** As {@link WorkContext#isHeld}. */
  boolean isHeld() {
    return !lost && run.isOpen() && hold.isHeld(clock, System.nanoTime());
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

  /** Notes that the claim is given back: a handler that still runs no longer holds it. */
  void givenBack() {
    lost = true;
  }

  /**
   * Notes that the handler has ended: no claim joins, and no action runs after a request to cancel.
   */
  void handlerEnded() {
    run.end();
    cancelSignal.end();
  }

  /** As {@link Hold#isRenewalDue}. */
  boolean isRenewalDue() {
    return hold.isRenewalDue(clock, System.nanoTime());
  }

  /** As {@link Hold#isRenewalNear}. */
  boolean isRenewalNear() {
    return hold.isRenewalNear(clock, System.nanoTime());
  }

  /** Takes the result of a renewal that was sent at {@code sending}. */
  void renewed(ClaimRenewal renewal, Hold.Sending sending) {
    if (renewal instanceof ClaimRenewal.Renewed renewed) {
      Instant expiresAt = renewed.claim().expiresAt();
      hold = Hold.of(claim().until(expiresAt), expiresAt, sending, ttlNanos);
      if (renewed.cancelRequested()) {
        cancelSignal.request();
      }
    } else {
      lost = true;
    }
  }
}
