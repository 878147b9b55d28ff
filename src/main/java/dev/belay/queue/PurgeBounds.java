package dev.belay.queue;

/**
 * The times before which finished work is purged. Immutable, safe for use by many threads.
 *
 * @param beforeMs of work that is done or cancelled
 * @param buriedBeforeMs of work that is buried
 */
record PurgeBounds(long beforeMs, long buriedBeforeMs) {
  /** One bound for all finished work. */
  static PurgeBounds before(long beforeMs) {
    return new PurgeBounds(beforeMs, beforeMs);
  }
}
