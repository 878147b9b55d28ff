package dev.belay.micrometer;

import dev.belay.Belay;
import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Reads a store for all gauges at once, when one of them is pulled and the last sample is older
 * than the interval. Safe for use by many threads.
 *
 * <p>One thread reads; the others return the sample before. A store that cannot be read is asked
 * again after the interval, so that not every gauge waits for its busy timeout.
 */
final class Sampler {
  private final Belay belay;
  private final Clock clock;
  private final long intervalNanos;
  private final BoundedTag queueTag;
  private final Consumer<Sample> onSample;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Taken last;

  /** A sample with the time at which it was taken. Immutable, safe for use by many threads. */
  private record Taken(Sample sample, long nanoTime) {}

  Sampler(
      Belay belay, Clock clock, Duration interval, BoundedTag queueTag, Consumer<Sample> onSample) {
    this.belay = belay;
    this.clock = clock;
    this.intervalNanos = interval.toNanos();
    this.queueTag = queueTag;
    this.onSample = onSample;
    this.last = new Taken(Sample.UNREADABLE, clock.monotonicTime() - intervalNanos);
  }

  /**
   * Returns the sample of the store.
   *
   * @throws dev.belay.store.StoreException if this call has read the store and failed
   */
  Sample current() {
    if (isDue() && reading.tryLock()) {
      try {
        if (isDue()) {
          read();
        }
      } finally {
        reading.unlock();
      }
    }
    return last.sample();
  }

  private boolean isDue() {
    return clock.monotonicTime() - last.nanoTime() >= intervalNanos;
  }

  private void read() {
    // First of all: a gauge that is made by onSample may be pulled at once.
    last = new Taken(Sample.UNREADABLE, clock.monotonicTime());
    last = new Taken(Sample.of(belay.stats(), queueTag), clock.monotonicTime());
    onSample.accept(last.sample());
  }
}
