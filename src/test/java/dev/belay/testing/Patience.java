package dev.belay.testing;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bound on every wait of a test. It ends a hang and does not measure speed: even a busy machine
 * stays far below it. A wait that reaches it prints all threads and fails.
 *
 * <p>Immutable, safe for use by many threads.
 */
public final class Patience {
  /** The maximum time of a single wait. */
  public static final Duration LIMIT = Duration.ofMinutes(3);

  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private final long endNanoTime;

  private Patience(Duration limit) {
    this.endNanoTime = System.nanoTime() + limit.toNanos();
  }

  /** Begins now, for a loop that continues until its condition is met. */
  public static Patience begin() {
    return new Patience(LIMIT);
  }

  /** Fails if the limit is reached; {@code missing} names the condition that was not met. */
  public void check(Supplier<String> missing) {
    if (System.nanoTime() - endNanoTime >= 0) {
      throw over(missing.get(), null);
    }
  }

  /** Waits until {@code condition} holds; {@code what} names it for the message. */
  public static void until(String what, BooleanSupplier condition) {
    Patience patience = begin();
    while (!condition.getAsBoolean()) {
      patience.check(() -> what);
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Waits for the value of {@code future} and returns it. */
  public static <T> T get(Future<T> future) throws ExecutionException, InterruptedException {
    try {
      return future.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw over("no answer", e);
    }
  }

  /** Waits for {@code latch}. */
  public static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
      throw over("a latch is closed", null);
    }
  }

  /** Waits for the next element of {@code queue} and returns it. */
  public static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    T element = queue.poll(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    if (element == null) {
      throw over("a queue is empty", null);
    }
    return element;
  }

  /** Waits until {@code thread} has ended. */
  public static void join(Thread thread) throws InterruptedException {
    thread.join(LIMIT.toMillis());
    if (thread.isAlive()) {
      throw over(thread.getName() + " runs", null);
    }
  }

  private static AssertionError over(String missing, @Nullable Throwable cause) {
    ThreadDump.print(System.err);
    return new AssertionError(missing + ", still after " + LIMIT, cause);
  }
}
