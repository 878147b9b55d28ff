package dev.belay.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The times for which a queue keeps finished work, as far as they are set. Immutable, safe for use
 * by many threads.
 *
 * @param ms the time for done or cancelled work, in milliseconds; null if not set
 * @param buriedMs the time for buried work, in milliseconds; null if not set
 */
record Retention(@Nullable Long ms, @Nullable Long buriedMs) {
  static final Retention NONE = new Retention(null, null);

  boolean isNone() {
    return equals(NONE);
  }

  /** Returns whether both set a time, and the times differ. */
  boolean contradicts(Retention other) {
    return differ(ms, other.ms) || differ(buriedMs, other.buriedMs);
  }

  private static boolean differ(@Nullable Long one, @Nullable Long other) {
    return one != null && other != null && !one.equals(other);
  }

  /** Returns this retention, with unset times taken from {@code other}. */
  Retention or(Retention other) {
    return new Retention(ms == null ? other.ms : ms, buriedMs == null ? other.buriedMs : buriedMs);
  }

  /**
   * Returns the bounds of a purge at {@code nowMs}. They are milliseconds, because an Instant can
   * be out of range here.
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
