package dev.belay.queue;

/** The result of settling a claim. Immutable, safe for use by many threads. */
public enum Settlement {
  /** The claim was live and is settled now. */
  SETTLED,
  /**
   * The claim is no longer live: it was settled or given back, or it lapsed. Nothing has changed;
   * another worker may have the work.
   */
  CLAIM_LOST;

  /**
   * Returns this if the claim is settled: for callers that go on as if it were, above all in a
   * transaction that writes more.
   *
   * @throws ClaimLostException if it is not; let it pass, so that nothing of the transaction stays
   */
  public Settlement orThrow() {
    if (this == SETTLED) {
      return this;
    }
    throw new ClaimLostException();
  }
}
