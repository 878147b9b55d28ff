package dev.belay.queue;

import org.jspecify.annotations.Nullable;

/**
 * One claim of a handler's run, and whether it is settled or its commit refused. Safe for use by
 * many threads.
 */
final class RunClaim {
  private final Claim claim;
  private volatile boolean settled;
  private volatile @Nullable Throwable refusal;

  /** An open claim. */
  RunClaim(Claim claim) {
    this.claim = claim;
  }

  Claim claim() {
    return claim;
  }

  /** Whether a committed transaction of this store has settled it. */
  boolean isSettled() {
    return settled;
  }

  void settle() {
    settled = true;
  }

  /** Why the last commit that named it was refused; null if it was not, or if there was none. */
  @Nullable Throwable refusal() {
    return refusal;
  }

  /** A commit that named it has been made: an earlier refusal no longer counts. */
  void committed() {
    refusal = null;
  }

  /** A commit that named it was refused. */
  void refused(Throwable why) {
    refusal = why;
  }
}
