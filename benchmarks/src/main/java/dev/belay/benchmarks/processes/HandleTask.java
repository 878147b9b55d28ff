package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Values;
import dev.belay.queue.WorkHandler;
import dev.belay.queue.Worker;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * A process whose worker waits for the work of {@link EnqueueTask}, and notes how old it is when
 * its handler starts. Belongs to the main thread.
 */
public final class HandleTask extends BelayTask {
  /** Catches a wake-up that never comes. */
  private static final long PATIENCE_MS = 30_000;

  @Override
  public Values run(Values settings, long startNanos) throws InterruptedException {
    Window window =
        new Window(startNanos, settings.number("warmUpMs"), settings.number("measureMs"));
    Histogram ages = new ConcurrentHistogram(3);
    AtomicLong works = new AtomicLong();
    CountDownLatch last = new CountDownLatch(1);
    WorkHandler handler =
        (claim, context) -> {
          long now = System.nanoTime();
          if (claim.payload().equals(EnqueueTask.LAST)) {
            last.countDown();
            return;
          }
          works.incrementAndGet();
          long enqueued = Long.parseLong(claim.payload());
          if (window.holds(enqueued)) {
            ages.recordValue(now - enqueued);
          }
        };
    try (Worker worker = belay.queue(EnqueueTask.QUEUE).worker(handler).start()) {
      long patienceMs = settings.number("warmUpMs") + settings.number("measureMs") + PATIENCE_MS;
      if (!last.await(patienceMs, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(worker.name() + " was not given the last work");
      }
    }
    return new Values().with("works", works.get()).with("ages", ages);
  }
}
