package dev.belay.queue;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long failed work waits for its next try. Must be safe for use by many threads.
 *
 * <p>A worker, and {@link WorkQueue#fail(Claim, String)}, ask it before their transaction begins.
 * {@link WorkQueue#fail(dev.belay.store.Tx, Claim, String)}, and a claim whose attempt is not the
 * stored one, ask it inside the transaction: while it thinks there, no other caller can write.
 */
@FunctionalInterface
public interface RetryPolicy {
  /** What {@link #exponential()} waits after the first attempt. */
  Duration FIRST_DEFAULT = Duration.ofSeconds(1);

  /** The longest that {@link #exponential()} waits, before the jitter. */
  Duration LONGEST_DEFAULT = Duration.ofMinutes(5);

  /** The longest delay that {@link #exponential(Duration, Duration)} accepts: 36,500 days. */
  Duration LONGEST_MAX = Duration.ofDays(36_500);

  /**
   * Returns how long to wait; not negative.
   *
   * @param attempt the number of the attempt that failed, from 1
   */
  Duration delayAfter(int attempt);

  /** As {@link #exponential(Duration, Duration)}, from 1 s to 5 min. */
  static RetryPolicy exponential() {
    return exponential(FIRST_DEFAULT, LONGEST_DEFAULT);
  }

  /**
   * Doubles from {@code first} after every attempt, up to {@code longest}; then up to 20 % more or
   * less by chance, so that what failed together does not come back together.
   *
   * @throws IllegalArgumentException if {@code first} is less than 1 ms, or {@code longest} is less
   *     than {@code first} or more than 36,500 days
   */
  static RetryPolicy exponential(Duration first, Duration longest) {
    long firstMs = Times.positive("first", first);
    long longestMs = Times.positive("longest", longest);
    if (longestMs < firstMs || longestMs > LONGEST_MAX.toMillis()) {
      throw new IllegalArgumentException(
          "longest must be from "
              + first
              + ", the first delay, to "
              + LONGEST_MAX
              + ": "
              + longest);
    }
    return attempt -> {
      int doublings = Math.max(attempt - 1, 0);
      // Compared by division: doubling first would overflow.
      boolean capped = doublings >= Long.SIZE - 1 || firstMs > longestMs >> doublings;
      long delayMs = capped ? longestMs : firstMs << doublings;
      double jitter = ThreadLocalRandom.current().nextDouble(0.8, 1.2);
      return Duration.ofMillis((long) (delayMs * jitter));
    };
  }
}
