package dev.belay.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Whether somebody asked to cancel what a handler is at, and what is to happen then. Safe for use
 * by many threads.
 */
final class CancelWish {
  private final Executor callbacks;
  private final List<Runnable> actions = new ArrayList<>(0);
  private volatile boolean requested;
  private boolean ended;

  /**
   * Nobody has asked.
   *
   * @param callbacks runs the actions, which are code of users
   */
  CancelWish(Executor callbacks) {
    this.callbacks = callbacks;
  }

  boolean isRequested() {
    return requested;
  }

  /** Somebody has asked: every action runs, once. */
  void request() {
    if (requested) {
      return;
    }
    synchronized (this) {
      requested = true;
      actions.forEach(callbacks::execute);
      actions.clear();
    }
  }

  /** Has {@code action} run once somebody asks; at once if somebody has. */
  synchronized void onRequest(Runnable action) {
    Objects.requireNonNull(action, "action");
    if (requested && !ended) {
      callbacks.execute(action);
    } else if (!ended) {
      actions.add(action);
    }
  }

  /** The handler has ended: no action runs any more. */
  synchronized void end() {
    ended = true;
    actions.clear();
  }
}
