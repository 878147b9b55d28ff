package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Values;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A process that enqueues work every 5 to 20 ms, at random; the payload says when, by nanoTime.
 * Belongs to the main thread.
 */
public final class EnqueueTask extends WakeTask {
  /** The payload of the last work, which is not measured. */
  static final String LAST = "last";

  private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(20);

  @Override
  public Values run(Values settings, long startNanos) throws Exception {
    Window window =
        new Window(startNanos, settings.number("warmUpMs"), settings.number("measureMs"));
    Histogram calls = new Histogram(3);
    long enqueued = 0;
    window.awaitStart();
    for (long before = System.nanoTime(); !window.isOver(before); before = System.nanoTime()) {
      queue.enqueue(Long.toString(before));
      enqueued++;
      if (window.holds(before)) {
        calls.recordValue(System.nanoTime() - before);
      }
      Pause.ofNanos(ThreadLocalRandom.current().nextLong(PAUSE_NANOS_MIN, PAUSE_NANOS_MAX));
    }
    queue.enqueue(LAST);
    return new Values().with("works", enqueued).with("calls", calls);
  }
}
