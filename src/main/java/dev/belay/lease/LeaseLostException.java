package dev.belay.lease;

/**
 * Reports that a required lease is no longer live; see {@link Leases#require}. A body that does not
 * catch it is rolled back.
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

  /** Returns the lease that the caller passed. */
  public Lease lease() {
    return lease;
  }
}
