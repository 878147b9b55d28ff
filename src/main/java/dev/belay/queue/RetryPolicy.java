package dev.belay.queue;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The delay of failed work before its next attempt. Must be safe for use by many threads.
 *
 * <p>A worker, and {@link WorkQueue#fail(Claim, String)}, ask it before their transaction begins.
 * {@link WorkQueue#fail(dev.belay.store.Tx, Claim, String)}, and a claim whose attempt is not the
 * stored one, ask it inside the transaction: while it thinks there, no other caller can write.
 */
@FunctionalInterface
public interface RetryPolicy {
  /** The delay of {@link #exponential()} after the first attempt: 1 second. */
  Duration FIRST_DEFAULT = Duration.ofSeconds(1);

  /** The maximum delay of {@link #exponential()}, before the jitter: 5 minutes. */
  Duration LONGEST_DEFAULT = Duration.ofMinutes(5);

  /** The maximum delay that {@link #exponential(Duration, Duration)} accepts: 36,500 days. */
  Duration LONGEST_MAX = Duration.ofDays(36_500);

  /**
   * Returns the delay before the next attempt; not negative.
   *
   * @param attempt the number of the attempt that failed, from 1
   */
  Duration delayAfter(int attempt);

  /** As {@link #exponential(Duration, Duration)}, from 1 second to 5 minutes. */
  static RetryPolicy exponential() {
    return exponential(FIRST_DEFAULT, LONGEST_DEFAULT);
  }

  /**
   * Returns a policy whose delay doubles from {@code first} with every attempt, up to {@code
   * longest}. Up to 20 % are added or subtracted at random, so that work that failed at the same
   * time is not tried again at the same time.
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
