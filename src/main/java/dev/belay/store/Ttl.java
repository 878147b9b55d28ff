package dev.belay.store;

import java.time.Duration;
import java.util.Objects;

/**
 * The rule for the duration of a grant (a lease or a claim). Stateless, safe for use by many
 * threads.
 *
 * <p>A store counts in milliseconds, so a duration is rounded down to a whole number of them. A
 * grant therefore lasts at least one millisecond, and never longer than the caller asked for.
 */
public final class Ttl {
  /** The maximum: 365,000 days, almost a thousand years, so that no expiry overflows. */
  public static final Duration MAX = Duration.ofDays(365_000);

  private static final Duration MIN = Duration.ofMillis(1);

  private Ttl() {}

  /**
   * Returns {@code ttl} in milliseconds.
   *
   * @throws NullPointerException if it is null
   * @throws IllegalArgumentException if it is shorter than a millisecond or longer than {@link
   *     #MAX}
   */
  public static long toMs(Duration ttl) {
    Objects.requireNonNull(ttl, "ttl");
    if (ttl.compareTo(MIN) < 0 || ttl.compareTo(MAX) > 0) {
      throw new IllegalArgumentException("ttl must be from 1 ms to " + MAX + ": " + ttl);
    }
    return ttl.toMillis();
  }

  /**
   * Returns the expiry of a grant made at {@code nowMs}, in milliseconds since the epoch.
   *
   * @throws ArithmeticException if the result does not fit into a {@code long}
   */
  public static long expiryMs(long nowMs, long ttlMs) {
    return Math.addExact(nowMs, ttlMs);
  }
}
