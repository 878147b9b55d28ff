package dev.belay.queue;

/** The result of requeueing work. Immutable, safe for use by many threads. */
public enum Requeue {
  /**
   * The work was buried or cancelled; it is back in the queue, in a lane as the last in line, with
   * attempt 0.
   */
  REQUEUED,
  /** The work is not finished. Nothing has changed. */
  NOT_FINISHED,
  /**
   * The work's key counted only while it was open, and other work has taken it since. Nothing has
   * changed.
   */
  KEY_TAKEN,
  /** The work is DONE; to do it again, enqueue new work. Nothing has changed. */
  DONE,
  /** The queue has no such work. */
  NOT_FOUND
}
