package dev.belay.benchmarks.store;

import dev.belay.store.Durability;

/** {@code PRAGMA synchronous}, the same for all peers of a setting. Immutable. */
public enum Sync {
  /** No fsync at a commit. */
  NORMAL(Durability.PROCESS_CRASH),
  /** An fsync of the log at every commit. */
  FULL(Durability.POWER_LOSS);

  private final Durability durability;

  Sync(Durability durability) {
    this.durability = durability;
  }

  /** What Belay calls it. */
  public Durability durability() {
    return durability;
  }
}
