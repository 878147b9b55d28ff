package dev.belay.queue;

/** The time for which the key of work is taken. Immutable, safe for use by many threads. */
public enum KeyLife {
  /** For as long as the work is kept, finished or not. */
  WHILE_KEPT,
  /**
   * Until the stored state of the work is DONE, BURIED or CANCELLED. From then on other work may
   * take the key, including work that is enqueued by the transaction that finishes this work.
   */
  WHILE_OPEN
}
