package dev.belay.queue;

import java.time.Duration;
import java.util.Objects;

/**
 * How a queue behaves in this process; nothing of it is stored. Immutable, safe for use by many
 * threads; every {@code with…} returns a changed copy.
 */
public final class QueueOptions {
  /** How long finished work is kept, if that is not set. */
  public static final Duration RETENTION_DEFAULT = Duration.ofDays(7);

  private final RetryPolicy retry;
  private final Duration retention;

  private QueueOptions(RetryPolicy retry, Duration retention) {
    this.retry = retry;
    this.retention = retention;
  }

  /** {@link RetryPolicy#exponential()} and {@link #RETENTION_DEFAULT}. */
  public static QueueOptions defaults() {
    return new QueueOptions(RetryPolicy.exponential(), RETENTION_DEFAULT);
  }

  /** With another wait between the attempts. */
  public QueueOptions withRetry(RetryPolicy retry) {
    return new QueueOptions(Objects.requireNonNull(retry, "retry"), retention);
  }

  /**
   * With another time for which finished work is kept, and its key taken. A started worker purges
   * what is older; without one the application calls {@link WorkQueue#purge}.
   *
   * @throws IllegalArgumentException if it is less than 1 ms
   */
  public QueueOptions withRetention(Duration retention) {
    Times.positive("retention", retention);
    return new QueueOptions(retry, retention);
  }

  /** How long failed work waits for its next try. */
  public RetryPolicy retry() {
    return retry;
  }

  /** How long finished work is kept. */
  public Duration retention() {
    return retention;
  }
}
