package dev.belay.queue;

/** The result of settling a claim. Immutable, safe for use by many threads. */
public enum Settlement {
  /** The claim was live, and this call settled it. */
  SETTLED,
  /**
   * The claim is no longer live: it was settled or given back, or it lapsed. Nothing has changed;
   * another worker may have the work.
   */
  CLAIM_LOST;

  /**
   * Returns this if the claim is settled. For callers that depend on that, above all in a
   * transaction that writes more.
   *
   * @throws ClaimLostException if the claim is lost; a body that does not catch it is rolled back
   */
  public Settlement orThrow() {
    if (this == SETTLED) {
      return this;
    }
    throw new ClaimLostException();
  }
}
