package dev.belay.queue;

/**
 * The times before which finished work is purged. Immutable, safe for use by many threads.
 *
 * @param beforeMs the bound for done or cancelled work, exclusive
 * @param buriedBeforeMs the bound for buried work, exclusive
 */
record PurgeBounds(long beforeMs, long buriedBeforeMs) {
  /** Returns one bound for all finished work. */
  static PurgeBounds before(long beforeMs) {
    return new PurgeBounds(beforeMs, beforeMs);
  }
}
