package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The request to cancel the work of a handler, and the actions that follow it. Safe for use by many
 * threads.
 */
final class CancelSignal {
  private final StoreEngine engine;
  private final List<Runnable> actions = new ArrayList<>(0);
  private volatile boolean requested;
  private boolean ended;

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
      actions.forEach(engine.callbacks()::execute);
      actions.clear();
    }
  }

  /** Has {@code action} run after a request; at once if there was one. */
  synchronized void onRequest(Runnable action) {
    Runnable carried = engine.context().apply(Objects.requireNonNull(action, "action"));
    if (requested && !ended) {
      engine.callbacks().execute(carried);
    } else if (!ended) {
      actions.add(carried);
    }
  }

  /** The handler has ended: no action runs from now on. */
  synchronized void end() {
    ended = true;
    actions.clear();
  }
}
