package dev.belay.queue;

/**
 * A claim that was required is no longer live; see {@link WorkQueue#require} and {@link
 * Settlement#orThrow}. Let it pass, so that what the transaction wrote is undone.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class ClaimLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String queue;
  private final long workId;

  /** For a settlement, which does not know its claim. */
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

  /** The queue of the claim, {@code ""} if a {@link Settlement} threw this. */
  public String queue() {
    return queue;
  }

  /** The work that was claimed, 0 if a {@link Settlement} threw this. */
  public long workId() {
    return workId;
  }
}
