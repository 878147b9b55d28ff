package dev.belay.queue;

import java.util.Objects;

/**
 * The result of enqueueing one piece of work. A taken key is a result, not an error. Immutable,
 * safe for use by many threads.
 */
public sealed interface Enqueued {
  /** Returns the id of the work in the queue: the new work, or the work that has the key. */
  long workId();

  /** New work was added. Immutable, safe for use by many threads. */
  record Added(long id) implements Enqueued {
    @Override
    public long workId() {
      return id;
    }
  }

  /**
   * The key belongs to work of equal content. Immutable, safe for use by many threads.
   *
   * @param id the work that has the key
   * @param state the state of that work; if it is finished, no work will be done
   */
  record Duplicate(long id, WorkState state) implements Enqueued {
    /** Refuses null. */
    public Duplicate {
      Objects.requireNonNull(state, "state");
    }

    @Override
    public long workId() {
      return id;
    }
  }

  /** The key belongs to work of other content. Immutable, safe for use by many threads. */
  record KeyConflict(long id) implements Enqueued {
    @Override
    public long workId() {
      return id;
    }
  }
}
