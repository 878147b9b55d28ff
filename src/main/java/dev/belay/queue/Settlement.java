package dev.belay.queue;

/** The result of settling a claim. Immutable, safe for use by many threads. */
public enum Settlement {
  /** The claim was live and is settled now. */
  SETTLED,
  /**
   * The claim was not live any more: settled, lapsed, or given back. Nothing has changed; someone
   * else may have the work.
   */
  CLAIM_LOST
}
