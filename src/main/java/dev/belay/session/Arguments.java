package dev.belay.session;

import dev.belay.store.TextRule;
import java.time.Instant;
import java.util.Objects;

/** The bounds of the arguments of {@link Sessions}. Stateless, safe for use by many threads. */
final class Arguments {
  private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE);
  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE);

  private Arguments() {}

  static String sessionId(String id) {
    return TextRule.id("session id", id);
  }

  static int limit(int limit) {
    if (limit < 1 || limit > Sessions.LIMIT_MAX) {
      throw new IllegalArgumentException(
          "limit must be from 1 to " + Sessions.LIMIT_MAX + ": " + limit);
    }
    return limit;
  }

  static int atLeastOne(String field, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(field + " must be from 1: " + value);
    }
    return value;
  }

  static long notNegative(String field, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(field + " must not be negative: " + value);
    }
    return value;
  }

  /**
   * Returns the first millisecond, since the epoch, that is not before {@code time}. A time outside
   * the range of a {@code long} gives the smallest or largest {@code long}.
   */
  static long millis(String field, Instant time) {
    Objects.requireNonNull(time, field);
    if (time.isAfter(LAST)) {
      return Long.MAX_VALUE;
    }
    if (!time.isAfter(FIRST)) {
      return Long.MIN_VALUE;
    }
    long ms = time.toEpochMilli();
    return Instant.ofEpochMilli(ms).equals(time) ? ms : ms + 1;
  }
}
