package dev.belay.queue;

/** The result of cancelling work. Immutable, safe for use by many threads. */
public enum Cancellation {
  /** No worker had it; it is CANCELLED now. */
  CANCELLED,
  /**
   * A worker has it. The request is stored: the worker sees it at its next renewal and may still
   * complete; whatever else ends the claim cancels the work.
   */
  REQUESTED,
  /** It was finished before. */
  FINISHED,
  /** The queue has no such work. */
  NOT_FOUND
}
