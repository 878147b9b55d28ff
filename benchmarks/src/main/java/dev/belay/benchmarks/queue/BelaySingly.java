package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.Effort;
import dev.belay.benchmarks.peer.Callers;
import dev.belay.queue.Claim;
import dev.belay.queue.NewWork;
import dev.belay.queue.Settlement;
import dev.belay.queue.WorkQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Belay through its public verbs, each a transaction of its own: enqueue, claim one and wait for it
 * if there is none, complete. Immutable.
 */
public final class BelaySingly<S> implements DrivenQueue<S> {
  private static final Duration TTL = Duration.ofSeconds(60);
  private static final Duration WAIT = Duration.ofMillis(200);

  private final Function<S, Belay> open;

  /** Opens its stores with {@code open}. */
  public BelaySingly(Function<S, Belay> open) {
    this.open = open;
  }

  @Override
  public String name() {
    return "belay, singly";
  }

  @Override
  public int items(Effort effort) {
    return ItemCounts.FAST.of(effort);
  }

  @Override
  public Run start(S place, Items items) {
    Belay belay = open.apply(place);
    WorkQueue queue = belay.queue("benchmark");
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicInteger completed = new AtomicInteger();
    Callers workers =
        Callers.start(
            QueueDrive.WORKERS,
            number -> {
              while (!stopped.get()) {
                completed.addAndGet(work(queue, items, "worker-" + number));
              }
            });
    return new Run() {
      @Override
      public void enqueue(int item) {
        queue.enqueue(NewWork.of(items.payload(item)));
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
  private static int work(WorkQueue queue, Items items, String worker) throws InterruptedException {
    List<Claim> claims = queue.claim(worker, TTL, 1, WAIT);
    for (Claim claim : claims) {
      items.work(claim.payload());
      if (queue.complete(claim) != Settlement.SETTLED) {
        throw new IllegalStateException("a live claim was lost: " + claim);
      }
    }
    return claims.size();
  }
}
