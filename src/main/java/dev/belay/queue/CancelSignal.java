package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The request to cancel the work of a handler, and the actions that follow it. Safe for use by many
 * threads.
 */
final class CancelSignal {
  private static final long ACTION_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final StoreEngine engine;
  private final List<Runnable> actions = new ArrayList<>(0);
  private volatile boolean requested;
  private boolean ended;
  private int inAction;

  /**
   * Not requested yet. The actions, which are code of users, run as callbacks of {@code engine}.
   */
  CancelSignal(StoreEngine engine) {
    this.engine = engine;
  }

  boolean isRequested() {
    return requested;
  }

  /** Takes a request: every action runs, once. */
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

  /** Has {@code action} run after a request; at once if there was one. */
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
   * The handler has ended: no action begins from now on. Waits a moment for an action that has
   * begun, so that what it does to the handler's thread does not meet the next handler.
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
