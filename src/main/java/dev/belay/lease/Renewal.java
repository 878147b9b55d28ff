package dev.belay.lease;

import java.util.Objects;
import java.util.Optional;

/** The result of renewing a lease. Immutable, safe for use by many threads. */
public sealed interface Renewal {
  /** Returns the lease with its new expiry, if the lease was live. */
  default Optional<Lease> renewed() {
    return this instanceof Renewed renewed ? Optional.of(renewed.lease()) : Optional.empty();
  }

  /**
   * The lease was live and has a new expiry. Immutable, safe for use by many threads.
   *
   * @param lease the same grant, with the same token
   */
  record Renewed(Lease lease) implements Renewal {
    /** Refuses null. */
    public Renewed {
      Objects.requireNonNull(lease, "lease");
    }
  }

  /**
   * The lease had expired or been released; another holder may already be working. Stop first,
   * clean up second. Immutable, safe for use by many threads.
   */
  record Lost() implements Renewal {}
}
