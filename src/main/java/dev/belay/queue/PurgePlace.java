package dev.belay.queue;

/**
 * A place in the order in which finished work is purged: the earliest finished first. Immutable,
 * safe for use by many threads.
 */
record PurgePlace(long finishedAtMs, long id) {
  /** The place before all work. */
  static final PurgePlace START = new PurgePlace(Long.MIN_VALUE, 0);
}
