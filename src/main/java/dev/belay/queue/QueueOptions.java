package dev.belay.queue;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options of a queue. Immutable, safe for use by many threads; every {@code with…} returns a
 * changed copy.
 *
 * <p>Retentions that are set here are stored for the queue when a worker starts or {@link
 * WorkQueue#purge} runs. From then on they apply to every process; the last stored value wins, and
 * a change is logged. A retention that is not set here is the stored one, or else the default. The
 * retry policy applies to this process only.
 */
public final class QueueOptions {
  /** The default time for which done or cancelled work is kept: 7 days. */
  public static final Duration RETENTION_DEFAULT = Duration.ofDays(7);

  /** The default time for which buried work is kept: 90 days. */
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

  /** Returns options with {@link RetryPolicy#exponential()}, and without retentions. */
  public static QueueOptions defaults() {
    return new QueueOptions(RetryPolicy.exponential(), null, null);
  }

  /** Sets the delay between attempts. */
  public QueueOptions withRetry(RetryPolicy retry) {
    return new QueueOptions(Objects.requireNonNull(retry, "retry"), retention, buriedRetention);
  }

  /**
   * Sets the time for which done or cancelled work is kept, and its key taken. A worker purges
   * older work; without a worker the application calls {@link WorkQueue#purge}.
   *
   * @throws IllegalArgumentException if it is less than 1 ms
   */
  public QueueOptions withRetention(Duration retention) {
    Times.positive("retention", retention);
    return new QueueOptions(retry, retention, buriedRetention);
  }

  /**
   * Sets the time for which buried work is kept, as {@link #withRetention}.
   *
   * @throws IllegalArgumentException if it is less than 1 ms
   */
  public QueueOptions withBuriedRetention(Duration retention) {
    Times.positive("buried retention", retention);
    return new QueueOptions(retry, this.retention, retention);
  }

  /** Returns the policy for the delay between attempts. */
  public RetryPolicy retry() {
    return retry;
  }

  /** Returns the time for which done or cancelled work is kept, as set here; else the default. */
  public Duration retention() {
    return retention == null ? RETENTION_DEFAULT : retention;
  }

  /** Returns the time for which buried work is kept, as set here; else the default. */
  public Duration buriedRetention() {
    return buriedRetention == null ? BURIED_RETENTION_DEFAULT : buriedRetention;
  }

  /** Returns the retentions that were set here. */
  Retention explicitRetention() {
    return new Retention(
        retention == null ? null : Long.valueOf(retention.toMillis()),
        buriedRetention == null ? null : Long.valueOf(buriedRetention.toMillis()));
  }
}
