package dev.belay.queue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The claims of one run of a handler, which are one grant: the claim that the handler was called
 * for, and those that joined it, in the order of their lane. Safe for use by many threads.
 */
final class HandlerRun {
  private final List<RunClaim> claims = new CopyOnWriteArrayList<>();
  private boolean ended;

  HandlerRun(Claim first) {
    claims.add(new RunClaim(first));
  }

  List<RunClaim> all() {
    return claims;
  }

  /** Returns the claims that are not known to be settled, front to back. */
  List<RunClaim> open() {
    return claims.stream().filter(claim -> !claim.isSettled()).toList();
  }

  /** Returns whether any claim is not known to be settled. */
  boolean isOpen() {
    return claims.stream().anyMatch(claim -> !claim.isSettled());
  }

  /** Returns the first open claim whose last commit was refused. */
  Optional<RunClaim> refused() {
    return open().stream().filter(claim -> claim.refusal() != null).findFirst();
  }

  /**
   * Adds {@code more} behind the others. Returns false, and adds nothing, if the handler has ended.
   */
  synchronized boolean join(List<Claim> more) {
    if (!ended) {
      more.forEach(claim -> claims.add(new RunClaim(claim)));
    }
    return !ended;
  }

  /** Notes that the handler has ended: no claim joins from now on. */
  synchronized void end() {
    ended = true;
  }

  /** Notes that a transaction of this store has finished the work of {@code claim}. */
  void finished(Claim claim) {
    find(claim).ifPresent(RunClaim::settle);
  }

  /**
   * Notes that a transaction of this store has given back {@code claim} and the claims behind it.
   */
  void givenBack(Claim claim) {
    boolean found = false;
    for (RunClaim one : claims) {
      found |= isSame(one.claim(), claim);
      if (found) {
        one.settle();
      }
    }
  }

  /** Returns {@code claim}, if it belongs to this run. */
  Optional<RunClaim> find(Claim claim) {
    return claims.stream().filter(one -> isSame(one.claim(), claim)).findFirst();
  }

  private static boolean isSame(Claim one, Claim other) {
    return one.workId() == other.workId() && one.token() == other.token();
  }
}
