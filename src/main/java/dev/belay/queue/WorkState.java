package dev.belay.queue;

import dev.belay.store.StoreCorruptException;

/**
 * The state of a piece of work, as it is stored: a claim that has lapsed is CLAIMED until a verb
 * acts on it. Immutable, safe for use by many threads.
 */
public enum WorkState {
  /** Scheduled for later; not in a line yet. */
  SCHEDULED,
  /** Claimable now. */
  READY,
  /** Not claimable yet: behind the head of its lane, or failed or deferred until later. */
  WAITING,
  /** Claimed by a worker, until the claim is settled or lapses. */
  CLAIMED,
  /** Finished: completed. */
  DONE,
  /** Finished without success, a dead letter: buried by a worker or after the last attempt. */
  BURIED,
  /** Finished: cancelled. */
  CANCELLED;

  /**
   * Returns whether work in this state is final unless it is requeued: DONE, BURIED or CANCELLED.
   */
  public boolean isFinished() {
    return this == DONE || this == BURIED || this == CANCELLED;
  }

  /** Returns the state with the stored {@code name}; {@code id} is for the exception. */
  static WorkState stored(long id, String name) {
    try {
      return valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new StoreCorruptException("work " + id + " is in the unknown state " + name, e);
    }
  }
}
