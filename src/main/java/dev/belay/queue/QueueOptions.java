package dev.belay.queue;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a queue behaves. Immutable, safe for use by many threads; every {@code with…} returns a
 * changed copy.
 *
 * <p>The retentions that are set here are stored for the queue when a worker starts or {@link
 * WorkQueue#purge} runs, and hold for every process from then on; the last that were stored win,
 * which is logged. If none is set here, the stored ones hold, else the default. The retry policy is
 * of this process alone.
 */
public final class QueueOptions {
  /** How long work that is done or cancelled is kept by default. */
  public static final Duration RETENTION_DEFAULT = Duration.ofDays(7);

  /** How long buried work is kept by default. */
  public static final Duration BURIED_RETENTION_DEFAULT = Duration.ofDays(90);

  private final RetryPolicy retry;
  private final @Nullable Duration retention;
  private final @Nullable Duration buriedRetention;

  private QueueOptions(
      RetryPolicy retry, @Nullable Duration retention, @Nullable Duration buriedRetention) {
    this.retry = retry;
    this.retention = retention;
    this.buriedRetention = buriedRetention;
  }

  /** {@link RetryPolicy#exponential()}, and no retention of its own. */
  public static QueueOptions defaults() {
    return new QueueOptions(RetryPolicy.exponential(), null, null);
  }

  /** Sets the wait between attempts. */
  public QueueOptions withRetry(RetryPolicy retry) {
    return new QueueOptions(Objects.requireNonNull(retry, "retry"), retention, buriedRetention);
  }

  /**
   * Sets how long work that is done or cancelled is kept, and its key taken. A started worker
   * purges what is older; without one the application calls {@link WorkQueue#purge}.
   *
   * @throws IllegalArgumentException if it is less than 1 ms
   */
  public QueueOptions withRetention(Duration retention) {
    Times.positive("retention", retention);
    return new QueueOptions(retry, retention, buriedRetention);
  }

  /**
   * Sets how long buried work is kept, as {@link #withRetention}.
   *
   * @throws IllegalArgumentException if it is less than 1 ms
   */
  public QueueOptions withBuriedRetention(Duration retention) {
    Times.positive("buried retention", retention);
    return new QueueOptions(retry, this.retention, retention);
  }

  /** How long failed work waits for its next try. */
  public RetryPolicy retry() {
    return retry;
  }

  /** How long work that is done or cancelled is kept, as set here; else the default. */
  public Duration retention() {
    return retention == null ? RETENTION_DEFAULT : retention;
  }

  /** How long buried work is kept, as set here; else the default. */
  public Duration buriedRetention() {
    return buriedRetention == null ? BURIED_RETENTION_DEFAULT : buriedRetention;
  }

  /** What was set here. */
  Retention explicitRetention() {
    return new Retention(
        retention == null ? null : Long.valueOf(retention.toMillis()),
        buriedRetention == null ? null : Long.valueOf(buriedRetention.toMillis()));
  }
}
