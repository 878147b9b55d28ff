package dev.belay.lease;

/**
 * A write rested on a lease that is no longer live; see {@link Leases#require}. A body that lets it
 * through is rolled back.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Lease lease;

  LeaseLostException(Lease lease) {
    super("lease '" + lease.name() + "' is lost: token " + lease.token() + " is no longer live");
    this.lease = lease;
  }

  /** The lease, as the caller had it. */
  public Lease lease() {
    return lease;
  }
}
