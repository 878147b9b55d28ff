package dev.belay.session;

import java.util.List;

/** A row with a size in bytes. Immutable, safe for use by many threads. */
interface Sized {
  /** The size limit of one page, and of one transaction that deletes rows: 8 MiB, in bytes. */
  long BYTES_MAX = 8L * 1024 * 1024;

  /** Returns the size of its large columns, in bytes. */
  long bytes();

  /**
   * Returns the number of the first rows that together have at most {@code bytesMax} bytes; at
   * least 1, if there is a row.
   */
  static int fitting(List<? extends Sized> rows, long bytesMax) {
    long bytes = 0;
    int count = 0;
    for (Sized row : rows) {
      bytes += row.bytes();
      if (bytes > bytesMax && count > 0) {
        break;
      }
      count++;
    }
    return count;
  }

  /** Returns the total size of {@code rows}, in bytes. */
  static long sum(List<? extends Sized> rows) {
    return rows.stream().mapToLong(Sized::bytes).sum();
  }
}
