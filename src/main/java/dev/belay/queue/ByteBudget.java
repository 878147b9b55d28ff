package dev.belay.queue;

/**
 * A bound for the bytes of payloads and results that one transaction handles, in UTF-8. It has room
 * for one piece of work of any size. Belongs to one thread.
 */
final class ByteBudget {
  /** 8 MiB, unless a single piece is larger. */
  static final int BYTES_MAX = 8 * 1024 * 1024;

  private long left = BYTES_MAX;

  /** Takes a piece of {@code bytes} into the transaction; false if it has no room. */
  boolean takes(long bytes) {
    if (left < BYTES_MAX && bytes > left) {
      return false;
    }
    left -= Math.max(bytes, 1); // an empty piece counts too
    return true;
  }
}
