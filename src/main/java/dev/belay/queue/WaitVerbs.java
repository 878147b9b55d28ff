package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreInterruptedException;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The verbs of one open store that wait for an {@link Awaited}. Safe for use by many threads. */
final class WaitVerbs {
  private final WaiterLines lines;

  /** Creates the verbs of a store in which no thread waits. */
  WaitVerbs(StoreEngine engine) {
    this.lines = new WaiterLines(engine);
  }

  /**
   * Tries immediately, and again whenever {@code awaited} holds, until the result is enough or
   * {@code wait} is over. Returns the result of the last try.
   *
   * @param room the number of pieces of work that one try takes
   * @throws InterruptedException if the thread is interrupted, unless the result of a try was
   *     enough: that is returned, with the thread's interrupt flag set
   */
  <T> T until(Awaited awaited, int room, Duration wait, Supplier<T> attempt, Predicate<T> enough)
      throws InterruptedException {
    long deadline = System.nanoTime() + Times.nanos("wait", wait);
    T value = interruptibly(attempt);
    if (enough.test(value) || wait.isZero()) {
      return value;
    }
    return untilCalled(awaited, room, deadline, value, attempt, enough);
  }

  /**
   * As {@link #until}, but tries only when {@code awaited} holds; one thread looks for all waiters.
   *
   * @param deadline the end of the wait, of {@code nanoTime}
   * @param value the result if there was no try
   */
  <T> T untilCalled(
      Awaited awaited, int room, long deadline, T value, Supplier<T> attempt, Predicate<T> enough)
      throws InterruptedException {
    T last = value;
    Waiter waiter = new Waiter(room);
    try {
      do {
        lines.add(awaited, waiter);
        if (!waiter.await(deadline)) {
          return last;
        }
        last = interruptibly(attempt);
      } while (!enough.test(last));
      return last;
    } finally {
      lines.leave(awaited, waiter);
    }
  }

  private static <T> T interruptibly(Supplier<T> attempt) throws InterruptedException {
    try {
      return attempt.get();
    } catch (StoreInterruptedException e) {
      boolean unused = Thread.interrupted(); // the exception replaces the flag
      InterruptedException interrupted = new InterruptedException(e.getMessage());
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /** Returns the number of threads that wait and have not been called. */
  int waiting() {
    return lines.waiting();
  }

  /**
   * If {@code step} has added READY work, lets its commit call one thread that waits for work of
   * the queue.
   */
  void expect(Tx tx, String queue, EnqueueStep step) {
    lines.expect(tx, queue, step);
  }
}
