package dev.belay.testing;

import dev.belay.store.TxRunner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the connection that writes busy, in a body outside any commit group, so that whatever is
 * submitted meanwhile stands in line and starts together. Safe for use by many threads.
 */
public final class Standstill implements AutoCloseable {
  private final CountDownLatch end = new CountDownLatch(1);
  private final CompletableFuture<Boolean> body;

  private Standstill(TxRunner runner) {
    CountDownLatch started = new CountDownLatch(1);
    body =
        runner.callAsync(
            tx -> {
              started.countDown();
              return end.await(Patience.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
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
