package dev.belay.benchmarks.postgres;

import dev.belay.store.Durability;
import java.util.Locale;

/** Whether a commit waits for the disk: {@code synchronous_commit}. */
enum Sync {
  /** It does. */
  ON(Durability.POWER_LOSS),
  /** The server writes its log a little later. */
  OFF(Durability.PROCESS_CRASH);

  private final Durability durability;

  Sync(Durability durability) {
    this.durability = durability;
  }

  Durability durability() {
    return durability;
  }

  /** As PostgreSQL has it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
