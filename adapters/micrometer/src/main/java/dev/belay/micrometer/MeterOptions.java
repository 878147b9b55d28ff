package dev.belay.micrometer;

import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Objects;

/**
 * The options of the meters. Immutable, safe for use by many threads; every {@code with…} returns a
 * changed copy.
 */
public final class MeterOptions {
  /** The default number of queues with a name of their own: 50. */
  public static final int QUEUES_MAX_DEFAULT = 50;

  /** The default time for which gauges show the same sample: 10 s. */
  public static final Duration INTERVAL_DEFAULT = Duration.ofSeconds(10);

  private final Tags tags;
  private final int queuesMax;
  private final Duration interval;

  private MeterOptions(Tags tags, int queuesMax, Duration interval) {
    this.tags = tags;
    this.queuesMax = queuesMax;
    this.interval = interval;
  }

  /**
   * Returns the default options: no tags, {@link #QUEUES_MAX_DEFAULT}, {@link #INTERVAL_DEFAULT}.
   */
  public static MeterOptions defaults() {
    return new MeterOptions(Tags.empty(), QUEUES_MAX_DEFAULT, INTERVAL_DEFAULT);
  }

  /** Replaces the tags that every meter has. They tell two stores of one registry apart. */
  public MeterOptions withTags(Tags tags) {
    return new MeterOptions(Objects.requireNonNull(tags, "tags"), queuesMax, interval);
  }

  /**
   * Sets how many queues have a tag value of their own: the first that are seen. All others share
   * the value {@code other}. The same bound holds for types of work.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public MeterOptions withQueuesMax(int queuesMax) {
    if (queuesMax < 1) {
      throw new IllegalArgumentException("queuesMax must be from 1: " + queuesMax);
    }
    return new MeterOptions(tags, queuesMax, interval);
  }

  /**
   * Sets for how long gauges show the same sample of the store.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public MeterOptions withInterval(Duration interval) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException("interval must not be negative: " + interval);
    }
    return new MeterOptions(tags, queuesMax, interval);
  }

  Tags tags() {
    return tags;
  }

  BoundedTag queueTag() {
    return new BoundedTag("queue", queuesMax);
  }

  BoundedTag typeTag() {
    return new BoundedTag("type", queuesMax);
  }

  Duration interval() {
    return interval;
  }
}
