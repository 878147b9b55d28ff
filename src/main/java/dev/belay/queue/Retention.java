package dev.belay.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a queue keeps finished work, as far as somebody said so. Immutable, safe for use by many
 * threads.
 *
 * @param ms of work that is done or cancelled; null: nobody said
 * @param buriedMs of buried work; null: nobody said
 */
record Retention(@Nullable Long ms, @Nullable Long buriedMs) {
  static final Retention NONE = new Retention(null, null);

  boolean isNone() {
    return equals(NONE);
  }

  /** Whether both say something, and not the same. */
  boolean contradicts(Retention other) {
    return differ(ms, other.ms) || differ(buriedMs, other.buriedMs);
  }

  private static boolean differ(@Nullable Long one, @Nullable Long other) {
    return one != null && other != null && !one.equals(other);
  }

  /** This, and where it says nothing what {@code other} says. */
  Retention or(Retention other) {
    return new Retention(ms == null ? other.ms : ms, buriedMs == null ? other.buriedMs : buriedMs);
  }

  /**
   * What is to go at {@code nowMs}. In milliseconds, which cannot overflow where an Instant does.
   */
  PurgeBounds bounds(long nowMs) {
    return new PurgeBounds(
        before(nowMs, ms, QueueOptions.RETENTION_DEFAULT),
        before(nowMs, buriedMs, QueueOptions.BURIED_RETENTION_DEFAULT));
  }

  private static long before(long nowMs, @Nullable Long retentionMs, Duration otherwise) {
    return nowMs - (retentionMs == null ? otherwise.toMillis() : retentionMs);
  }

  @Override
  public String toString() {
    return text(ms) + ", of buried work " + text(buriedMs);
  }

  private static String text(@Nullable Long ms) {
    return ms == null ? "the default" : Duration.ofMillis(ms).toString();
  }
}
