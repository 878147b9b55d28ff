package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreInterruptedException;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The verbs that wait for something in one open store, over all its queues. Safe for use by many
 * threads.
 */
final class WaitVerbs {
  private final WaiterLines lines;

  /** No thread waits yet. */
  WaitVerbs(StoreEngine engine) {
    this.lines = new WaiterLines(engine);
  }

  /**
   * Tries at once, and then whenever {@code awaited} has come, until the result is enough or {@code
   * wait} is over. Returns the result of the last try.
   *
   * @param room how much one try takes of what has come
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
   * As {@link #until}, but tries only when {@code awaited} has come: until then one thread looks
   * for all that wait.
   *
   * @param deadline when to give up, of {@code nanoTime}
   * @param value the result if it never came
   */
  <T> T untilCalled(
      Awaited awaited, int room, long deadline, T value, Supplier<T> attempt, Predicate<T> enough)
      throws InterruptedException {
    T last = value;
    Waiter waiter = new Waiter(room);
    try {
      do {
        lines.standInLine(awaited, waiter);
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

  /** How many threads wait and have not been called. */
  int waiting() {
    return lines.waiting();
  }

  /**
   * If {@code step} has added what can be claimed, its commit calls one thread that waits for it.
   */
  void expect(Tx tx, String queue, EnqueueStep step) {
    lines.expect(tx, queue, step);
  }
}
