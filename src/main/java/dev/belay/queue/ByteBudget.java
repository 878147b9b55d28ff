package dev.belay.queue;

/**
 * A bound for the size of the payloads and results that one transaction handles, in bytes of UTF-8.
 * A first piece of work always fits, whatever its size. Belongs to one thread.
 */
final class ByteBudget {
  /** The bound: 8 MiB, unless the first piece is larger. */
  static final int BYTES_MAX = 8 * 1024 * 1024;

  private long left = BYTES_MAX;

  /**
   * Adds a piece of {@code bytes} to the transaction. Returns false, and adds nothing, if it does
   * not fit.
   */
  boolean takes(long bytes) {
    if (left < BYTES_MAX && bytes > left) {
      return false;
    }
    left -= Math.max(bytes, 1); // an empty piece counts too
    return true;
  }
}
