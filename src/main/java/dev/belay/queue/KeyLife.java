package dev.belay.queue;

/** How long the key of work keeps other work out. Immutable, safe for use by many threads. */
public enum KeyLife {
  /** For as long as the work is kept, finished or not. */
  WHILE_KEPT,
  /**
   * Until the work is DONE, BURIED or CANCELLED, as it is stored. From then on other work may take
   * the key, also work that is enqueued by the transaction that finishes this.
   */
  WHILE_OPEN
}
