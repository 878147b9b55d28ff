package dev.belay.session;

import java.util.List;

/** A row that counts by its bytes. Immutable, safe for use by many threads. */
interface Sized {
  /** How many bytes one page, or one transaction that deletes, has at most. */
  long BYTES_MAX = 8L * 1024 * 1024;

  /** Of its large columns. */
  long bytes();

  /** How many of the first have {@code bytesMax} together; one at least, if there is one. */
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

  /** How many bytes these have together. */
  static long sum(List<? extends Sized> rows) {
    return rows.stream().mapToLong(Sized::bytes).sum();
  }
}
