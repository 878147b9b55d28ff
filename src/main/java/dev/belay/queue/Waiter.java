package dev.belay.queue;

import java.util.concurrent.locks.LockSupport;

/**
 * A thread that waits in a {@link WaiterLine} until it is called to try. Belongs to the thread that
 * made it; {@link #call} is safe on any thread.
 */
final class Waiter {
  private final Thread thread = Thread.currentThread();
  private final int room;
  private volatile boolean called;

  /**
   * Creates the waiter of the current thread, which takes {@code room} pieces of work in one try.
   */
  Waiter(int room) {
    this.room = room;
  }

  int room() {
    return room;
  }

  void call() {
    called = true;
    LockSupport.unpark(thread);
  }

  /** Forgets the call, before the waiter joins a line again. */
  void clear() {
    called = false;
  }

  /**
   * Waits for the call, until {@code deadline} of {@code nanoTime}. Returns false if there was no
   * call.
   *
   * @throws InterruptedException if the thread is interrupted, unless the call came first
   */
  boolean await(long deadline) throws InterruptedException {
    while (!called) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while waiting for a commit");
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      LockSupport.parkNanos(this, left);
    }
    return true;
  }
}
