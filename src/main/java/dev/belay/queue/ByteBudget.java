package dev.belay.queue;

/**
 * How many bytes of payloads and results one transaction handles, in UTF-8: as many pieces of work
 * as have room, and always one. Belongs to one thread.
 */
final class ByteBudget {
  /** But for a single piece that is larger. */
  static final int BYTES_MAX = 8 * 1024 * 1024;

  private long left = BYTES_MAX;

  /** Takes a piece of {@code bytes} into the transaction; false if it has no room. */
  boolean takes(long bytes) {
    if (left < BYTES_MAX && bytes > left) {
      return false;
    }
    left -= Math.max(bytes, 1); // what is empty is a piece too
    return true;
  }
}
