package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Values;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * A process whose worker waits for the work of {@link EnqueueTask}, and notes how old it is when
 * its handler starts. Belongs to the main thread.
 */
public final class HandleTask extends WakeTask {
  /** Catches a wake-up that never comes. */
  private static final long PATIENCE_MS = 30_000;

  @Override
  public Values run(Values settings, long startNanos) throws Exception {
    Window window =
        new Window(startNanos, settings.number("warmUpMs"), settings.number("measureMs"));
    Histogram ages = new ConcurrentHistogram(3);
    AtomicLong works = new AtomicLong();
    CountDownLatch last = new CountDownLatch(1);
    queue.handle(
        (payload, now) -> {
          if (payload.equals(EnqueueTask.LAST)) {
            last.countDown();
            return;
          }
          works.incrementAndGet();
          long enqueued = Long.parseLong(payload);
          if (window.holds(enqueued)) {
            ages.recordValue(now - enqueued);
          }
        });
    long patienceMs = settings.number("warmUpMs") + settings.number("measureMs") + PATIENCE_MS;
    if (!last.await(patienceMs, TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("the handler was not given the last work");
    }
    return new Values().with("works", works.get()).with("ages", ages);
  }
}
