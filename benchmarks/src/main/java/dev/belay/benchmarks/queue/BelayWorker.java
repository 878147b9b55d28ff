package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import dev.belay.queue.Worker;
import java.nio.file.Path;

/** Belay's own worker, which claims in batches and completes what its handler returns from. */
final class BelayWorker implements QueuePeer {
  private final int threads;
  private final int batch;

  BelayWorker(int threads, int batch) {
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
  public Run start(Path file, Items items) {
    Belay belay = Belay.open(file);
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
