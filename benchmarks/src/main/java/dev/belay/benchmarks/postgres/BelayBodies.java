package dev.belay.benchmarks.postgres;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.peer.Callers;
import dev.belay.benchmarks.queue.DrivenQueue;
import dev.belay.benchmarks.queue.ItemCounts;
import dev.belay.benchmarks.queue.Items;
import dev.belay.benchmarks.queue.QueueDrive;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Belay's verbs in bodies, each a transaction of its own: enqueue, claim one, complete. One that
 * finds nothing looks again after a millisecond. Immutable.
 */
final class BelayBodies implements DrivenQueue<Schema> {
  private static final Duration TTL = Duration.ofSeconds(60);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  @Override
  public String name() {
    return "belay, bodies";
  }

  @Override
  public int items(Effort effort) {
    return ItemCounts.SLOW.of(effort);
  }

  @Override
  public Run start(Schema schema, Items items) {
    Belay belay = schema.openBelay();
    WorkQueue queue = belay.queue("benchmark");
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicInteger completed = new AtomicInteger();
    Callers workers =
        Callers.start(
            QueueDrive.WORKERS,
            number -> {
              while (!stopped.get()) {
                completed.addAndGet(work(belay, queue, items, "worker-" + number));
              }
            });
    return new Run() {
      @Override
      public void enqueue(int item) {
        belay.useWrite(tx -> queue.enqueue(tx, NewWork.of(items.payload(item))));
      }

      @Override
      public void check() throws Exception {
        workers.check();
      }

      @Override
      public boolean settled() {
        return completed.get() == items.count();
      }

      @Override
      public void stop() throws Exception {
        try (belay;
            workers) {
          stopped.set(true);
          workers.join();
        }
      }
    };
  }

  /** Does one item if there is any; how many it has completed. */
  private static int work(Belay belay, WorkQueue queue, Items items, String worker) {
    Optional<Claim> claim = belay.write(tx -> queue.claim(tx, worker, TTL));
    if (claim.isEmpty()) {
      LockSupport.parkNanos(PAUSE_NANOS);
      return 0;
    }
    items.work(claim.get().payload());
    if (belay.write(tx -> queue.complete(tx, claim.get())) != Settlement.SETTLED) {
      throw new IllegalStateException("a live claim was lost: " + claim.get());
    }
    return 1;
  }
}
