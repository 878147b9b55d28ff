package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Whether somebody asked to cancel what a handler is at, and what is to happen then. Safe for use
 * by many threads.
 */
final class CancelSignal {
  private final StoreEngine engine;
  private final List<Runnable> actions = new ArrayList<>(0);
  private volatile boolean requested;
  private boolean ended;

  /** Nobody has asked. The actions, which are code of users, run as callbacks of {@code engine}. */
  CancelSignal(StoreEngine engine) {
    this.engine = engine;
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
      actions.forEach(engine.callbacks()::execute);
      actions.clear();
    }
  }

  /** Has {@code action} run once somebody asks; at once if somebody has. */
  synchronized void onRequest(Runnable action) {
    Runnable carried = engine.context().apply(Objects.requireNonNull(action, "action"));
    if (requested && !ended) {
      engine.callbacks().execute(carried);
    } else if (!ended) {
      actions.add(carried);
    }
  }

  /** The handler has ended: no action runs any more. */
  synchronized void end() {
    ended = true;
    actions.clear();
  }
}
