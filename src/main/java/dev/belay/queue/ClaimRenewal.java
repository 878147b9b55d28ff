package dev.belay.queue;

import java.util.Objects;
import java.util.Optional;

/** The result of renewing a claim. Immutable, safe for use by many threads. */
public sealed interface ClaimRenewal {
  /** Returns the claim with its new expiry, if it was live. */
  default Optional<Claim> renewed() {
    return this instanceof Renewed renewed ? Optional.of(renewed.claim()) : Optional.empty();
  }

  /**
   * The claim is live until its new expiry. Immutable, safe for use by many threads.
   *
   * @param claim the claim with its new expiry
   * @param cancelRequested whether a caller requested cancellation of the work
   */
  record Renewed(Claim claim, boolean cancelRequested) implements ClaimRenewal {
    /** Refuses null. */
    public Renewed {
      Objects.requireNonNull(claim, "claim");
    }
  }

  /**
   * The claim is no longer live; another worker may already be working. Stop first, clean up
   * second. Immutable, safe for use by many threads.
   */
  record Lost() implements ClaimRenewal {}
}
