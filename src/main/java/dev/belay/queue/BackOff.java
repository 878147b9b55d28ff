package dev.belay.queue;

import dev.belay.engine.Registration;
import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreClosedException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The wait after a failed try, longer after each failure. Belongs to the thread that made it. */
final class BackOff {
  /*
   * A commit ends the wait, because it may remove the cause of the failure: it frees space on the
   * disk, or deletes a conflicting row. But no commit shortens the first part of a wait: in a store
   * with constant commits, a try that always fails would otherwise be repeated after each commit.
   */
  private static final long NANOS_FIRST = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  private final StoreEngine engine;
  private final Thread thread;
  private long nanos;
  private volatile boolean committed;

  BackOff(StoreEngine engine, Thread thread) {
    this.engine = engine;
    this.thread = thread;
  }

  /** Notes that the last try has not failed. */
  void reset() {
    nanos = 0;
  }

  /** Returns whether no wait has followed the last success, so that this failure is the first. */
  boolean isFirst() {
    return nanos == 0;
  }

  /** Waits. An interrupt of the thread ends the wait and leaves the flag set. */
  void await() {
    nanos = Math.min(Math.max(2 * nanos, NANOS_FIRST), NANOS_MAX);
    long start = System.nanoTime();
    committed = false;
    try (Registration watch = engine.watch(this::committed)) {
      Objects.requireNonNull(watch, "watch");
      parkUntil(start + NANOS_FIRST, () -> false);
      parkUntil(start + nanos, () -> committed);
    } catch (StoreClosedException e) {
      return; // the next try throws it again
    } catch (RuntimeException | Error e) { // for example, the watching thread could not be started
      parkUntil(start + nanos, () -> false);
    }
  }

  private void committed() {
    if (!committed) {
      committed = true;
      LockSupport.unpark(thread);
    }
  }

  private void parkUntil(long deadline, BooleanSupplier isOver) {
    long left = deadline - System.nanoTime();
    while (left > 0 && !thread.isInterrupted() && !isOver.getAsBoolean()) {
      LockSupport.parkNanos(this, left);
      left = deadline - System.nanoTime();
    }
  }
}
