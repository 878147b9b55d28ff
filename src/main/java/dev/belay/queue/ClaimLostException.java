package dev.belay.queue;

/**
 * Thrown if a required claim is no longer live; see {@link WorkQueue#require} and {@link
 * Settlement#orThrow}. A body that does not catch it is rolled back.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class ClaimLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String queue;
  private final long workId;

  /** Creates the exception of a settlement, which does not know its claim. */
  ClaimLostException() {
    super("the claim is lost: it was settled, has lapsed or was given back");
    this.queue = "";
    this.workId = 0;
  }

  ClaimLostException(Claim claim) {
    super(
        "the claim of work "
            + claim.workId()
            + " in queue "
            + claim.queue()
            + " is lost: token "
            + claim.token()
            + " is settled, lapsed or given back");
    this.queue = claim.queue();
    this.workId = claim.workId();
  }

  /** Returns the queue of the claim, {@code ""} if a {@link Settlement} threw this. */
  public String queue() {
    return queue;
  }

  /** Returns the id of the claimed work, 0 if a {@link Settlement} threw this. */
  public long workId() {
    return workId;
  }
}
