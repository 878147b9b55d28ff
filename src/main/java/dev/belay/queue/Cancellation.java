package dev.belay.queue;

/** The result of cancelling work. Immutable, safe for use by many threads. */
public enum Cancellation {
  /** The work was not claimed, or its claim had lapsed; it is CANCELLED now. */
  CANCELLED,
  /**
   * A worker has claimed the work. The request is stored; the worker sees it at its next renewal at
   * the latest, and may still complete or bury the work. If the claim ends in any other way, the
   * work is cancelled.
   */
  REQUESTED,
  /** The work was already finished. */
  FINISHED,
  /** The queue has no such work. */
  NOT_FOUND
}
