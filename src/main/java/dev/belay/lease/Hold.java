package dev.belay.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Until when a lease is held, by the clock and by {@code nanoTime}: both must agree. Immutable,
 * safe for use by many threads.
 */
record Hold(Lease lease, Instant until, long untilNanos) {
  /** When a renewal was sent, by both clocks. */
  record Sending(Instant at, long nanos) {}

  /** After the renewal that was sent at {@code sending} has brought back {@code lease}. */
  static Hold of(Lease lease, Sending sending, long ttlNanos, long marginNanos) {
    long leftMs = Math.max(0, Duration.between(sending.at(), lease.expiresAt()).toMillis());
    long lastsNanos = Math.min(ttlNanos, TimeUnit.MILLISECONDS.toNanos(leftMs));
    return new Hold(
        lease,
        lease.expiresAt().minusNanos(marginNanos),
        sending.nanos() + lastsNanos - marginNanos);
  }
}
