package dev.belay.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Conversions of durations and instants of the API. Stateless, safe for use by many threads. */
final class Times {
  /** The maximum time to wait: 36,500 days. */
  private static final long WAIT_NANOS_MAX = TimeUnit.DAYS.toNanos(36_500);

  private Times() {}

  /**
   * Returns a time to wait in nanoseconds, at most 36,500 days.
   *
   * @throws IllegalArgumentException if it is negative
   */
  static long nanos(String field, Duration wait) {
    if (wait.isNegative()) {
      throw new IllegalArgumentException(field + " must not be negative: " + wait);
    }
    return wait.compareTo(Duration.ofNanos(WAIT_NANOS_MAX)) < 0 ? wait.toNanos() : WAIT_NANOS_MAX;
  }

  /**
   * Returns a duration in milliseconds, rounded down.
   *
   * @throws IllegalArgumentException if it is less than 1 ms or its milliseconds exceed a long
   */
  static long positive(String field, Duration duration) {
    Objects.requireNonNull(duration, field);
    long ms;
    try {
      ms = duration.toMillis();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(field + " is too long: " + duration, e);
    }
    if (ms < 1) {
      throw new IllegalArgumentException(field + " must be from 1 ms: " + duration);
    }
    return ms;
  }

  /**
   * Returns the time {@code ms} after {@code nowMs}, in milliseconds.
   *
   * @throws IllegalArgumentException if it exceeds a long
   */
  static long after(String field, long nowMs, long ms) {
    try {
      return Math.addExact(nowMs, ms);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(field + " is too long: " + ms + " ms", e);
    }
  }

  /** As {@link #atLeast}, but for a time out of range returns the first or last millisecond. */
  static long clamped(String field, Instant time) {
    Objects.requireNonNull(time, field);
    if (time.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE))) {
      return Long.MAX_VALUE;
    }
    return time.isBefore(Instant.ofEpochMilli(Long.MIN_VALUE))
        ? Long.MIN_VALUE
        : atLeast(field, time);
  }

  /**
   * Returns the first millisecond that is not before {@code time}.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  static long atLeast(String field, Instant time) {
    Objects.requireNonNull(time, field);
    try {
      long ms = time.toEpochMilli();
      return Instant.ofEpochMilli(ms).equals(time) ? ms : Math.addExact(ms, 1);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(field + " is out of range: " + time, e);
    }
  }
}
