package dev.belay.queue;

import dev.belay.engine.Registration;
import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreClosedException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits between tries that fail, longer each time. Belongs to the thread that made it. */
final class BackOff {
  /* A commit ends the wait, because it may be what the next try needs: room on the disk, a row that
   * was in the way. But the first part of each wait nothing ends: in a store where others commit all
   * the time, a try that fails each time must not be made as often as they do.
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
      parkUntil(start + NANOS_FIRST, false);
      parkUntil(start + nanos, true);
    } catch (StoreClosedException e) {
      return; // the next try says so
    } catch (RuntimeException | Error e) { // for want of a thread, as the try may have failed
      parkUntil(start + nanos, false);
    }
  }

  private void committed() {
    if (!committed) {
      committed = true;
      LockSupport.unpark(thread);
    }
  }

  private void parkUntil(long deadline, boolean endedByCommit) {
    long left = deadline - System.nanoTime();
    while (left > 0 && !thread.isInterrupted() && !(endedByCommit && committed)) {
      LockSupport.parkNanos(this, left);
      left = deadline - System.nanoTime();
    }
  }
}
