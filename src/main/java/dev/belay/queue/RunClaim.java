package dev.belay.queue;

import org.jspecify.annotations.Nullable;

/**
 * One claim of a handler's run, with its settlement and the refusal of its last commit. Safe for
 * use by many threads.
 */
final class RunClaim {
  private final Claim claim;
  private volatile boolean settled;
  private volatile @Nullable Throwable refusal;

  /** Creates an open claim. */
  RunClaim(Claim claim) {
    this.claim = claim;
  }

  Claim claim() {
    return claim;
  }

  /** Returns whether a committed transaction of this store has settled the claim. */
  boolean isSettled() {
    return settled;
  }

  void settle() {
    settled = true;
  }

  /**
   * Returns the refusal of the last commit that named the claim; null if that was accepted, or if
   * there was none.
   */
  @Nullable Throwable refusal() {
    return refusal;
  }

  /** Notes that a commit that names the claim was accepted: an earlier refusal no longer counts. */
  void committed() {
    refusal = null;
  }

  /** Notes that a commit that names the claim was refused. */
  void refused(Throwable why) {
    refusal = why;
  }
}
