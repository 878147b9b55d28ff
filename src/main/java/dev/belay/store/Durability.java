package dev.belay.store;

/**
 * The failures that an acknowledged commit survives. Immutable, safe for use by many threads.
 *
 * <p>With both values the file stays consistent through any crash. They differ only in the commits
 * that a power failure may lose.
 */
public enum Durability {
  /**
   * A commit survives the end of every process. A power failure or a kernel crash may lose the last
   * acknowledged commits, but never damages the file.
   */
  PROCESS_CRASH,
  /**
   * A commit survives a power failure too: it is acknowledged only after it is on stable storage.
   */
  POWER_LOSS
}
