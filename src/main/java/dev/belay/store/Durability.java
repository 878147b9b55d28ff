package dev.belay.store;

/**
 * What an acknowledged commit survives. Immutable, safe for use by many threads.
 *
 * <p>Both keep the file sound through any crash; they differ only in what a power cut may take.
 */
public enum Durability {
  /**
   * Survives the death of every process. A power cut or a kernel crash may take the last
   * acknowledged commits, never the soundness of the file.
   */
  PROCESS_CRASH,
  /** Survives a power cut too: a commit is acknowledged when it is on stable storage. */
  POWER_LOSS
}
