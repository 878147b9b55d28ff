package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.peer.Callers;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Drives one run of one peer. Belongs to one thread. */
public final class QueueDrive {
  /** Threads that enqueue. */
  public static final int PRODUCERS = 16;

  /** Threads that work. */
  public static final int WORKERS = 16;

  private static final long LIMIT_SECONDS = 120;
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final long WORKED_MS = 5;

  private QueueDrive() {}

  /** The workers are there from the start: producers and workers compete, as in life. */
  static <S> QueuePeer.Rates run(DrivenQueue<S> peer, S place, int count) throws Exception {
    Items items = new Items(count);
    DrivenQueue.Run run = peer.start(place, items);
    QueuePeer.Rates rates;
    try {
      AtomicInteger next = new AtomicInteger();
      long start = System.nanoTime();
      long in;
      try (Callers producers = Callers.start(PRODUCERS, number -> produce(run, next, count))) {
        producers.join();
        in = System.nanoTime();
      }
      awaitSettled(peer, run, items);
      rates =
          new QueuePeer.Rates(
              count * 1e9 / (in - start), count * 1e9 / (System.nanoTime() - start));
    } finally {
      run.stop();
    }
    items.requireEachOnce(peer.name());
    return rates;
  }

  private static void produce(DrivenQueue.Run run, AtomicInteger next, int count) throws Exception {
    for (int item = next.getAndIncrement(); item < count; item = next.getAndIncrement()) {
      run.enqueue(item);
    }
  }

  private static void awaitSettled(QueuePeer<?> peer, DrivenQueue.Run run, Items items)
      throws Exception {
    run.check();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!items.awaitWorked(WORKED_MS) || !run.settled()) {
      run.check();
      LockSupport.parkNanos(LOOK_NANOS);
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            peer.name() + " was not done with its items within " + LIMIT_SECONDS + " s");
      }
    }
  }
}
