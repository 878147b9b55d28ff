package dev.belay.queue;

/** The result of requeueing work. Immutable, safe for use by many threads. */
public enum Requeue {
  /** It was buried or cancelled, and is at the end of its line now, with attempt 0. */
  REQUEUED,
  /** It is still to be done. */
  NOT_FINISHED,
  /**
   * Its key counts only while work is open, and has been taken by other work since. Nothing has
   * changed.
   */
  KEY_TAKEN,
  /** It has been done: doing it again would be new work. */
  DONE,
  /** The queue has no such work. */
  NOT_FOUND
}
