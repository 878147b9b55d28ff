package dev.belay.replay;

/** What agents count. Immutable, safe for use by many threads. */
enum Count {
  /** Turns that were committed, each by one agent. */
  TURNS,
  /** Everything that was written: claims, leases, turns, what was given back. */
  COMMITS,
  /** Turns that were committed before, by whomever, and answered so. */
  REPLAYS,
  /** Commits that were refused because the session stands elsewhere. */
  CONFLICTS,
  /** Commits that were refused because of the claim. */
  CLAIMS_LOST,
  /** Commits that were refused because of the lease. */
  LEASES_LOST,
  /** Those of the two before that came out of a freeze. */
  LATE_COMMITS_REFUSED,
  /** Turns that were given back because the model failed. */
  RETRIES,
  /** Turns that were put off because another agent has the session. */
  DEFERRALS
}
