package dev.belay.queue;

import org.jspecify.annotations.Nullable;

/** One claim of a handler's run, and what is known of it. Safe for use by many threads. */
final class RunClaim {
  private final Claim claim;
  private volatile boolean settled;
  private volatile @Nullable Throwable refusal;

  /** Of a claim that is open. */
  RunClaim(Claim claim) {
    this.claim = claim;
  }

  Claim claim() {
    return claim;
  }

  /** Whether a transaction of this store has ended it that was committed. */
  boolean isSettled() {
    return settled;
  }

  void settle() {
    settled = true;
  }

  /** Why the last commit that named it was refused; null if there was none, or it was not. */
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
