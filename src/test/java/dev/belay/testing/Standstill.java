package dev.belay.testing;

import dev.belay.store.TxRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps what writes busy, in bodies that share their transactions with no other, so that whatever
 * is submitted meanwhile stands in line and starts together. Safe for use by many threads.
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

  /** Stops the writer of {@code runner}, and returns when it stands. */
  public static Standstill of(TxRunner runner) {
    return of(runner, 1);
  }

  /**
   * Stops the {@code writers} of {@code runner} that write at once, and returns when they stand.
   */
  public static Standstill of(TxRunner runner, int writers) {
    return new Standstill(runner, writers);
  }

  /** Lets the writer go on. */
  public void end() {
    end.countDown();
  }

  /** Lets the writer go on and waits until the bodies that held it have their answers. */
  @Override
  public void close() {
    end();
    for (CompletableFuture<Boolean> body : bodies) {
      if (!body.join()) {
        throw new IllegalStateException("the writer stood still for " + Patience.LIMIT);
      }
    }
  }

  /** Waits for {@code latch}, in a place that may not throw what is checked. */
  public static void await(CountDownLatch latch) {
    try {
      Patience.await(latch);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
