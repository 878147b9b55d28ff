package dev.belay.engine.line;

import org.jspecify.annotations.Nullable;

/**
 * A first-in, first-out queue of tasks. Guarded by a lock of its owner. It allocates nothing: the
 * owner creates each {@link Task} before it takes the lock.
 */
final class TaskLine {
  /** A task and its link to the next one in the queue. */
  static final class Task {
    private final Runnable callback;
    private @Nullable Task next;

    Task(Runnable callback) {
      this.callback = callback;
    }
  }

  private @Nullable Task first;
  private @Nullable Task last;
  private long added;
  private long taken;
  private long looked; // the value of added at the last look
  private long waited; // the value of added at the look before that

  boolean isEmpty() {
    return first == null;
  }

  long size() {
    return added - taken;
  }

  /** A thread looks that will look again after a while. */
  void looks() {
    waited = looked;
    looked = added;
  }

  /** Returns whether the first task was already waiting at the look before the last one. */
  boolean hasWaited() {
    return taken < waited;
  }

  void add(Task task) {
    added++;
    if (last == null) {
      first = task;
    } else {
      last.next = task;
    }
    last = task;
  }

  /** Removes and returns the first task; null if there is none. */
  @Nullable Runnable take() {
    Task task = first;
    if (task == null) {
      return null;
    }
    taken++;
    first = task.next;
    if (first == null) {
      last = null;
    }
    return task.callback;
  }
}
