package dev.belay.queue;

/** The result of settling a claim. Immutable, safe for use by many threads. */
public enum Settlement {
  /** The claim was live and is settled now. */
  SETTLED,
  /**
   * The claim was not live any more: settled, lapsed, or given back. Nothing has changed; someone
   * else may have the work.
   */
  CLAIM_LOST;

  /**
   * This, if the claim is settled: for who would go on as if it were, above all in a transaction
   * that writes more.
   *
   * @throws ClaimLostException else; let it pass, so that nothing of the transaction stays
   */
  public Settlement orThrow() {
    if (this == SETTLED) {
      return this;
    }
    throw new ClaimLostException();
  }
}
