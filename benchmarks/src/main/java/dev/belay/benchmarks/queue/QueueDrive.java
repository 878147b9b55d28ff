package dev.belay.benchmarks.queue;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Drives one run of one peer. Belongs to one thread. */
final class QueueDrive {
  static final int PRODUCERS = 16;
  static final int WORKERS = 16;

  private static final long LIMIT_SECONDS = 120;
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
  private static final long WORKED_MS = 5;

  /** Items a second. */
  record Rates(double in, double through) {}

  private QueueDrive() {}

  /** The workers are there from the start: producers and workers compete, as in life. */
  static Rates run(QueuePeer peer, Path file, int count) throws Exception {
    Items items = new Items(count);
    QueuePeer.Run run = peer.start(file, items);
    Rates rates;
    try {
      AtomicInteger next = new AtomicInteger();
      long start = System.nanoTime();
      long in;
      try (Callers producers = Callers.start(PRODUCERS, number -> produce(run, next, count))) {
        producers.join();
        in = System.nanoTime();
      }
      awaitSettled(peer, run, items);
      rates = new Rates(count * 1e9 / (in - start), count * 1e9 / (System.nanoTime() - start));
    } finally {
      run.stop();
    }
    items.requireEachOnce(peer.name());
    return rates;
  }

  private static void produce(QueuePeer.Run run, AtomicInteger next, int count) throws Exception {
    for (int item = next.getAndIncrement(); item < count; item = next.getAndIncrement()) {
      run.enqueue(item);
    }
  }

  private static void awaitSettled(QueuePeer peer, QueuePeer.Run run, Items items)
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
