package dev.belay.queue;

/** The result of cancelling work. Immutable, safe for use by many threads. */
public enum Cancellation {
  /** Nobody had it; it is CANCELLED now. */
  CANCELLED,
  /**
   * A worker has it. The wish is stored: the worker sees it at its next renewal and may still
   * complete; whatever else ends its claim ends in CANCELLED.
   */
  REQUESTED,
  /** It was finished before. */
  FINISHED,
  /** The queue has no such work. */
  NOT_FOUND
}
