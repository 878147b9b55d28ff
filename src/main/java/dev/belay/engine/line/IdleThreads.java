package dev.belay.engine.line;

import org.jspecify.annotations.Nullable;

/**
 * The stack of idle threads of {@link Callbacks}. The thread that became idle last is called first,
 * so that the others stay idle for long and end. Belongs to the holder of the monitor of the
 * callbacks.
 */
final class IdleThreads {
  private @Nullable CallbackThread top;

  boolean isEmpty() {
    return top == null;
  }

  void push(CallbackThread thread) {
    thread.below = top;
    top = thread;
  }

  @Nullable CallbackThread pop() {
    CallbackThread popped = top;
    if (popped != null) {
      top = popped.below;
      popped.below = null;
    }
    return popped;
  }

  void remove(CallbackThread leaving) {
    if (top == leaving) {
      top = leaving.below;
    }
    for (CallbackThread above = top; above != null; above = above.below) {
      if (above.below == leaving) {
        above.below = leaving.below;
      }
    }
  }

  /** Wakes every idle thread, so that it checks whether it is still needed. */
  void wakeAll() {
    for (CallbackThread thread = top; thread != null; thread = thread.below) {
      thread.wake();
    }
  }
}
