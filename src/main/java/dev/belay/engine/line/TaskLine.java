package dev.belay.engine.line;

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
  private long added;
  private long taken;
  private long looked; // how many had been added at the last look
  private long waited; // how many at the one before

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

  /** Whether the first task was there at the look before the last. */
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

  /** Takes the first one out; null if there is none. */
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
