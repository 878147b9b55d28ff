package dev.belay.testing;

import dev.belay.store.TxRunner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the connection that writes busy, in a body that is alone in its commit group, so that
 * whatever is submitted meanwhile stands in line and starts together. Safe for use by many threads.
 */
public final class Standstill implements AutoCloseable {
  /** No body joins a group that has held the write lock for 5 ms. */
  private static final long GROUP_NANOS = TimeUnit.MILLISECONDS.toNanos(6);

  private final CountDownLatch end = new CountDownLatch(1);
  private final CompletableFuture<Boolean> body;

  private Standstill(TxRunner runner) {
    CountDownLatch started = new CountDownLatch(1);
    body =
        runner.writeAsync(
            tx -> {
              long since = System.nanoTime();
              started.countDown();
              boolean ended = end.await(Patience.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
              while (System.nanoTime() - since < GROUP_NANOS) {
                Thread.onSpinWait();
              }
              return ended;
            });
    await(started);
  }

  /** Stops the writer of {@code runner}, and returns when it stands. */
  public static Standstill of(TxRunner runner) {
    return new Standstill(runner);
  }

  /** Lets the writer go on. */
  public void end() {
    end.countDown();
  }

  /** Lets the writer go on and waits until the body that held it has its answer. */
  @Override
  public void close() {
    end();
    if (!body.join()) {
      throw new IllegalStateException("the writer stood still for " + Patience.LIMIT);
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
