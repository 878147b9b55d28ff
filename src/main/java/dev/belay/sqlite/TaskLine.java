package dev.belay.sqlite;

import org.jspecify.annotations.Nullable;

/**
 * Tasks in the order in which they came. Belongs to the holder of a lock of its owner's; only
 * {@link Task} is made, and allocates, outside.
 */
final class TaskLine {
  /** A task and its place in a line. */
  static final class Task {
    private final Runnable callback;
    private @Nullable Task next;

    Task(Runnable callback) {
      this.callback = callback;
    }
  }

  private @Nullable Task first;
  private @Nullable Task last;

  boolean isEmpty() {
    return first == null;
  }

  void add(Task task) {
    if (last == null) {
      first = task;
    } else {
      last.next = task;
    }
    last = task;
  }

  /** Takes the first one out; null if there is none. */
  @Nullable Runnable take() {
    Task task = first;
    if (task == null) {
      return null;
    }
    first = task.next;
    if (first == null) {
      last = null;
    }
    return task.callback;
  }
}
