package dev.belay.queue;

import dev.belay.engine.Registration;
import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreClosedException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A wait between tries that fail, longer each time. Belongs to the thread that made it. */
final class BackOff {
  /*
   * A commit ends the wait, because the next try may need it: it makes room on the disk, or deletes
   * a row that was in the way. Nothing ends the first part of each wait: in a store with commits all
   * the time, a try that fails each time would else be made as often as they are.
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

  /** The last try has not failed. */
  void reset() {
    nanos = 0;
  }

  /** Whether the last try but one had not failed. */
  boolean isFirst() {
    return nanos == 0;
  }

  /** Waits; less if the thread is interrupted, whose flag stays set. */
  void await() {
    nanos = Math.min(Math.max(2 * nanos, NANOS_FIRST), NANOS_MAX);
    long start = System.nanoTime();
    committed = false;
    try (Registration watch = engine.watch(this::committed)) {
      Objects.requireNonNull(watch, "watch");
      parkUntil(start + NANOS_FIRST, () -> false);
      parkUntil(start + nanos, () -> committed);
    } catch (StoreClosedException e) {
      return; // which the next try throws
    } catch (RuntimeException | Error e) { // no thread to watch with, perhaps
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
