package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.peer.Callers;
import dev.belay.queue.NewWork;
import dev.belay.queue.WorkQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps a number of asynchronous writes waiting in a store: each that is done makes room for
 * another. Belongs to one thread.
 */
final class Backlog {
  private static final String PAYLOAD = "x".repeat(Items.PAYLOAD_LENGTH);

  private static final long LIMIT_SECONDS = 30;

  private final int size;
  private final Semaphore room;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Callers feeder;

  Backlog(Belay belay, int size) {
    this.size = size;
    this.room = new Semaphore(size);
    this.feeder = Callers.start(1, number -> feed(belay));
  }

  private void feed(Belay belay) throws InterruptedException {
    WorkQueue queue = belay.queue("backlog");
    while (!stopped.get()) {
      room.acquire();
      belay
          .tx()
          .writeAsync(tx -> queue.enqueue(tx, NewWork.of(PAYLOAD)))
          .whenComplete(
              (done, thrown) -> {
                if (thrown != null) {
                  failure.compareAndSet(null, thrown);
                }
                room.release();
              });
    }
  }

  /** Waits until nearly as many writes wait as shall. */
  void awaitFull() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (room.availablePermits() > size / 20) {
      Thread.sleep(1);
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "the store is quicker than its feeder: only " + waiting() + " writes wait");
      }
    }
  }

  /** How many writes wait now, or are at it. */
  int waiting() {
    return size - room.availablePermits();
  }

  /** Waits until all of it is done. */
  void stop() throws Exception {
    try (feeder) {
      stopped.set(true);
      feeder.join();
    }
    room.acquire(size);
    if (failure.get() != null) {
      throw new IllegalStateException("a write of the backlog failed", failure.get());
    }
  }
}
