package dev.belay.lease;

import java.time.Instant;
import java.util.Objects;

/**
 * The previous holder of a lease that was acquired after it had lapsed. That holder neither renewed
 * nor released it: its process may have ended, or it may still believe that it has the lease.
 * Immutable, safe for use by many threads.
 *
 * @param holder holder of the lapsed lease
 * @param token token of the lapsed lease, smaller than that of the new lease
 * @param expiredAt expiry of the lapsed lease
 */
public record Displaced(String holder, long token, Instant expiredAt) {
  /** Refuses null. */
  public Displaced {
    Objects.requireNonNull(holder, "holder");
    Objects.requireNonNull(expiredAt, "expiredAt");
  }
}
