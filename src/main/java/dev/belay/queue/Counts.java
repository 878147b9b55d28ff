package dev.belay.queue;

/** Range checks for counts. Stateless, safe for use by many threads. */
final class Counts {
  private Counts() {}

  /** Returns {@code value} if it is from 1 to {@code max}. */
  static int upTo(int max, String field, int value) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(field + " must be from 1 to " + max + ": " + value);
    }
    return value;
  }
}
