package dev.belay.check;

import java.util.concurrent.TimeUnit;

/**
 * The number of rows of the next slice. Belongs to the thread that checks.
 *
 * <p>A slice may take 200 ms. It aims at a tenth of that, because the disk may be slower for the
 * next rows than for the last, and starts with few rows, because the first are read from the disk.
 */
final class SliceSize {
  /** The maximum number of rows of a slice: 1,000. */
  static final int ROWS_MAX = 1_000;

  private static final int ROWS_FIRST = 50;
  private static final long AIM_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private int rows = ROWS_FIRST;

  /** Returns the number of rows, from 1 to {@link #ROWS_MAX}. */
  int rows() {
    return rows;
  }

  /** Notes that a slice of {@link #rows} took {@code nanos}. */
  void took(long nanos) {
    if (nanos > AIM_NANOS) {
      rows = (int) Math.max(1, rows * AIM_NANOS / nanos);
    } else if (nanos < AIM_NANOS / 2) {
      rows = Math.min(ROWS_MAX, rows * 2);
    }
  }
}
