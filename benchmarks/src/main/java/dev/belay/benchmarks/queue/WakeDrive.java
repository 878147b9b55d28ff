package dev.belay.benchmarks.queue;

import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Wakes one peer's sleeper time and again. Belongs to one thread. */
final class WakeDrive {
  private static final long PAUSE_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long PAUSE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int DIGITS = 3;
  private static final long LIMIT_SECONDS = 30;

  private WakeDrive() {}

  /**
   * Nanoseconds from before the enqueue to the start of its handler, so the commit is within.
   *
   * <p>After each item the sleeper is given a random pause to settle it and to fall asleep; random,
   * so that a poller is not met in step. The first tenth of the items warms up.
   */
  static Histogram run(WakePeer peer, Path file, int items) throws Exception {
    Histogram latency = new Histogram(DIGITS);
    LinkedBlockingQueue<Long> started = new LinkedBlockingQueue<>();
    WakePeer.Sleeper sleeper = peer.start(file, started::add);
    try {
      for (int item = 0; item < items; item++) {
        LockSupport.parkNanos(
            ThreadLocalRandom.current().nextLong(PAUSE_MIN_NANOS, PAUSE_MAX_NANOS));
        long before = System.nanoTime();
        sleeper.enqueue(item);
        Long after = started.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (after == null) {
          throw new IllegalStateException(
              peer.name() + " did not start item " + item + " within " + LIMIT_SECONDS + " s");
        }
        if (item >= items / 10) {
          latency.recordValue(after - before);
        }
      }
    } finally {
      sleeper.stop();
    }
    return latency;
  }
}
