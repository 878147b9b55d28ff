package dev.belay.queue;

import dev.belay.store.StoreCorruptException;

/**
 * The state of a piece of work, as it is stored: a claim that has lapsed is CLAIMED until a verb
 * acts on it. Immutable, safe for use by many threads.
 */
public enum WorkState {
  /** Enqueued for later; not in line yet. */
  SCHEDULED,
  /** Claimable now. */
  READY,
  /** In line but not claimable: behind the head of its lane, or failed or deferred until later. */
  WAITING,
  /** A worker has it, until it settles or the claim lapses. */
  CLAIMED,
  /** Finished: completed. */
  DONE,
  /** Finished: given up, by a worker or after the last attempt. */
  BURIED,
  /** Finished: cancelled. */
  CANCELLED;

  /** Whether nothing more will happen to it, unless it is requeued. */
  public boolean isFinished() {
    return this == DONE || this == BURIED || this == CANCELLED;
  }

  /** The state {@code name} of the work {@code id}, as it is stored. */
  static WorkState stored(long id, String name) {
    try {
      return valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new StoreCorruptException("work " + id + " is in the unknown state " + name, e);
    }
  }
}
