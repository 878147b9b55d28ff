package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import java.util.function.Function;

/** Belay's own worker, which claims in batches and completes what its handler returns from. */
public final class BelayWorker<S> implements DrivenQueue<S> {
  private final Function<S, Belay> open;
  private final int threads;
  private final int batch;

  /** Opens its stores with {@code open}. */
  public BelayWorker(Function<S, Belay> open, int threads, int batch) {
    this.open = open;
    this.threads = threads;
    this.batch = batch;
  }

  @Override
  public String name() {
    return "belay, worker, batches of " + batch;
  }

  @Override
  public int items(Effort effort) {
    return ItemCounts.FAST.of(effort);
  }

  @Override
  public Run start(S place, Items items) {
    Belay belay = open.apply(place);
    WorkQueue queue = belay.queue("benchmark");
    Worker worker =
        queue
            .worker((claim, context) -> items.work(claim.payload()))
            .threads(threads)
            .batch(batch)
            .start();
    return new Run() {
      @Override
      public void enqueue(int item) {
        queue.enqueue(NewWork.of(items.payload(item)));
      }

      @Override
      public boolean settled() {
        return queue.stats().done() == items.count();
      }

      @Override
      public void stop() {
        try (belay) {
          worker.close();
        }
      }
    };
  }
}
