package dev.belay.queue;

/**
 * What is old enough to be purged. Immutable, safe for use by many threads.
 *
 * @param beforeMs work that is done or was cancelled before goes
 * @param buriedBeforeMs work that was buried before goes
 */
record PurgeBounds(long beforeMs, long buriedBeforeMs) {
  /** One bound for all finished work. */
  static PurgeBounds before(long beforeMs) {
    return new PurgeBounds(beforeMs, beforeMs);
  }
}
