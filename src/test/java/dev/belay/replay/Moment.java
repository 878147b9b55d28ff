package dev.belay.replay;

import java.time.Duration;

/** When an agent is struck, and by what. Immutable, safe for use by many threads. */
enum Moment {
  /** Killed wherever it stands; also what an agent lives by that nobody waits for. */
  ANYWHERE(Agent.CLAIM_TTL, Duration.ZERO),
  /** Killed with claim, lease and all that the turn needs, but the commit. */
  BEFORE_COMMIT(Agent.CLAIM_TTL, Duration.ZERO),
  /** Killed with the turn committed, but nothing done about it. */
  AFTER_COMMIT(Agent.CLAIM_TTL, Duration.ZERO),
  /** Frozen before the commit until the lease has lapsed, though the claim has not. */
  PAST_LEASE(Duration.ofMillis(400), Duration.ofMillis(600)),
  /** Frozen before the commit until the claim has lapsed, though the lease has not. */
  PAST_CLAIM(Agent.CLAIM_TTL.multipliedBy(3), Agent.CLAIM_TTL.plusMillis(200));

  private final Duration leaseTtl;
  private final Duration freeze;

  Moment(Duration leaseTtl, Duration freeze) {
    this.leaseTtl = leaseTtl;
    this.freeze = freeze;
  }

  /** For how long the agent leases the session of the turn in which it is struck. */
  Duration leaseTtl() {
    return leaseTtl;
  }

  /** For how long it is frozen at least; zero: it is killed. */
  Duration freeze() {
    return freeze;
  }

  boolean isFreeze() {
    return !freeze.isZero();
  }
}
