package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The signal of a request to cancel the work of a handler, with the actions that run after it. Safe
 * for use by many threads.
 */
final class CancelSignal {
  /** The maximum time for which {@link #end} waits for a running action: 1 second. */
  private static final long ACTION_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final StoreEngine engine;
  private final List<Runnable> actions = new ArrayList<>(0);
  private volatile boolean requested;
  private boolean ended;
  private int inAction;

  /**
   * Creates a signal without a request. The actions are code of users and run as callbacks of
   * {@code engine}.
   */
  CancelSignal(StoreEngine engine) {
    this.engine = engine;
  }

  boolean isRequested() {
    return requested;
  }

  /**
   * Sets the signal, and starts each registered action. Has no effect if the signal is already set.
   */
  void request() {
    if (requested) {
      return;
    }
    synchronized (this) {
      requested = true;
      actions.forEach(this::start);
      actions.clear();
    }
  }

  /** Registers an action that runs after a request; immediately if the signal is already set. */
  synchronized void onRequest(Runnable action) {
    Runnable carried = engine.context().apply(Objects.requireNonNull(action, "action"));
    if (requested && !ended) {
      start(carried);
    } else if (!ended) {
      actions.add(carried);
    }
  }

  private void start(Runnable action) {
    engine.callbacks().execute(() -> runUnlessEnded(action));
  }

  private void runUnlessEnded(Runnable action) {
    synchronized (this) {
      if (ended) {
        return;
      }
      inAction++;
    }
    try {
      action.run();
    } finally {
      synchronized (this) {
        inAction--;
        notifyAll();
      }
    }
  }

  /**
   * Notes that the handler has ended: no action begins from now on. Waits up to one second for
   * running actions, so that an action which interrupts the handler's thread does not interrupt the
   * next handler.
   */
  synchronized void end() {
    ended = true;
    actions.clear();
    long deadline = System.nanoTime() + ACTION_NANOS_MAX;
    boolean interrupted = false;
    for (long left = ACTION_NANOS_MAX; inAction > 0 && left > 0; ) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
