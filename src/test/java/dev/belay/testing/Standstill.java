package dev.belay.testing;

import dev.belay.store.TxRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Bodies that occupy the writers of a store without sharing their transactions, so that bodies
 * submitted meanwhile wait in line and start together. Safe for use by many threads.
 */
public final class Standstill implements AutoCloseable {
  /** No body joins a group that has held the write lock for 5 ms. */
  private static final long GROUP_NANOS = TimeUnit.MILLISECONDS.toNanos(6);

  private final CountDownLatch end = new CountDownLatch(1);
  private final List<CompletableFuture<Boolean>> bodies = new ArrayList<>();

  private Standstill(TxRunner runner, int writers) {
    CountDownLatch started = new CountDownLatch(writers);
    for (int i = 0; i < writers; i++) {
      bodies.add(stopped(runner, started));
    }
    await(started);
  }

  private CompletableFuture<Boolean> stopped(TxRunner runner, CountDownLatch started) {
    return runner.writeAsync(
        tx -> {
          long since = System.nanoTime();
          started.countDown();
          boolean ended = end.await(Patience.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
          while (System.nanoTime() - since < GROUP_NANOS) {
            Thread.onSpinWait();
          }
          return ended;
        });
  }

  /** Stops the writer of {@code runner}, and returns when it has stopped. */
  public static Standstill of(TxRunner runner) {
    return of(runner, 1);
  }

  /**
   * Stops all {@code writers} of {@code runner}, which write at the same time, and returns when
   * they have stopped.
   */
  public static Standstill of(TxRunner runner, int writers) {
    return new Standstill(runner, writers);
  }

  /** Lets the writer continue. */
  public void end() {
    end.countDown();
  }

  /** Lets the writer continue, and waits until the holding bodies have their results. */
  @Override
  public void close() {
    end();
    for (CompletableFuture<Boolean> body : bodies) {
      if (!body.join()) {
        throw new IllegalStateException("the writer stood still for " + Patience.LIMIT);
      }
    }
  }

  /** Waits for {@code latch}, without a checked exception. */
  public static void await(CountDownLatch latch) {
    try {
      Patience.await(latch);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
