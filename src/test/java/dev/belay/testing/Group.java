package dev.belay.testing;

import dev.belay.store.TxRunner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A body that holds the right to write, so that bodies submitted meanwhile wait in line and start
 * together. When it ends, its commit group has held the lock for too long to take further members,
 * so the waiting bodies form the next group. Safe for use by many threads.
 */
public final class Group implements AutoCloseable {
  /** A time after which a commit group takes no further members. */
  private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(6);

  private final CountDownLatch end = new CountDownLatch(1);
  private final CompletableFuture<Boolean> body;
  private final long since;

  private Group(TxRunner runner) {
    CountDownLatch started = new CountDownLatch(1);
    body =
        runner.writeAsync(
            tx -> {
              started.countDown();
              return end.await(Patience.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
            });
    Standstill.await(started);
    since = System.nanoTime();
  }

  /** Stops the writer of {@code runner}, and returns when it has stopped. */
  public static Group of(TxRunner runner) {
    return new Group(runner);
  }

  /**
   * Lets the writer continue, when the group of the holding body is too old for further members.
   */
  public void end() {
    for (long left = HOLD_NANOS; left > 0; left = HOLD_NANOS - (System.nanoTime() - since)) {
      LockSupport.parkNanos(left);
    }
    end.countDown();
  }

  /** Lets the writer continue, and waits until the holding body has its result. */
  @Override
  public void close() {
    end();
    if (!body.join()) {
      throw new IllegalStateException("the writer stood still for a minute");
    }
  }
}
