package dev.belay.lease;

import java.time.Instant;
import java.util.Objects;

/**
 * Whose lapsed lease was taken over: someone who neither renewed nor released it, who may have died
 * or may still believe to hold it. Immutable, safe for use by many threads.
 *
 * @param holder of the lapsed lease
 * @param token of the lapsed lease, smaller than that of the new one
 * @param expiredAt when it expired
 */
public record Displaced(String holder, long token, Instant expiredAt) {
  /** Refuses null. */
  public Displaced {
    Objects.requireNonNull(holder, "holder");
    Objects.requireNonNull(expiredAt, "expiredAt");
  }
}
