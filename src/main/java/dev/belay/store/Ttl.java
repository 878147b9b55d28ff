package dev.belay.store;

import java.time.Duration;
import java.util.Objects;

/**
 * The one rule for how long a grant lasts. Stateless, safe for use by many threads.
 *
 * <p>A store counts in milliseconds; what a duration has beyond them is cut off. So a grant lasts
 * at least one millisecond, and never longer than was asked for.
 */
public final class Ttl {
  /** The longest: a thousand years, so that no expiry overflows. */
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
   * When a grant made at {@code nowMs} expires.
   *
   * @throws ArithmeticException if that is past what a {@code long} holds
   */
  public static long expiryMs(long nowMs, long ttlMs) {
    return Math.addExact(nowMs, ttlMs);
  }
}
