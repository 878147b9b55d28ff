package dev.belay.testing;

import dev.belay.store.TxRunner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds the right to write in a body of its own, so that whatever is handed in meanwhile stands in
 * line and starts together. The body is the first member of a commit group that has held the lock
 * for too long when it ends, so what stands behind it forms the next group. Safe for use by many
 * threads.
 */
public final class Group implements AutoCloseable {
  /** Longer than a commit group takes in further members. */
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

  /** Stops the writer of {@code runner}, and returns when it stands. */
  public static Group of(TxRunner runner) {
    return new Group(runner);
  }

  /** Lets the writer go on, once the group of the body that holds it is full of age. */
  public void end() {
    for (long left = HOLD_NANOS; left > 0; left = HOLD_NANOS - (System.nanoTime() - since)) {
      LockSupport.parkNanos(left);
    }
    end.countDown();
  }

  /** Lets the writer go on and waits until the body that held it has its answer. */
  @Override
  public void close() {
    end();
    if (!body.join()) {
      throw new IllegalStateException("the writer stood still for a minute");
    }
  }
}
