package dev.belay.queue;

import java.util.function.IntUnaryOperator;

/** Bounds of how many. Stateless, safe for use by many threads. */
final class Counts {
  private Counts() {}

  /** Returns {@code value} if it is from 1 to {@code max}. */
  static int upTo(int max, String field, int value) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(field + " must be from 1 to " + max + ": " + value);
    }
    return value;
  }

  /** Asks {@code batch} for up to {@code size} at a time, until it does none or {@code max}. */
  static int inBatches(int size, int max, IntUnaryOperator batch) {
    int done = 0;
    int last;
    do {
      last = batch.applyAsInt(Math.min(max - done, size));
      done += last;
    } while (last > 0 && done < max);
    return done;
  }
}
