package dev.belay.sqlite;

/**
 * The lengths of the WAL at which a checkpoint is made, in bytes of pages: a file may have pages of
 * 512 bytes or of 64 KiB. Immutable, safe for use by many threads.
 *
 * <p>The WAL is reset only when all its frames are in the database and no reader uses it. Beside a
 * busy writer that never happens: there are always a few more frames. So the writer itself
 * checkpoints the rest once that is small.
 *
 * @param beside the amount that is only in the WAL at which a checkpoint is made beside the writer
 * @param rest the remaining amount, of a WAL of at least {@code beside}, below which the writer
 *     checkpoints it
 * @param writer the length from which on SQLite itself makes a checkpoint at every commit
 * @param stop the length at which the writer waits for the running checkpoint. On a slow disk it
 *     would otherwise go on writing for as long as the checkpoint takes; a checkpoint of its own
 *     would take it as long.
 * @param restart the length at which all writers are blocked for a moment so that the WAL can be
 *     reset, because there is always a reader that uses it
 */
record WalLimits(long beside, long rest, long writer, long stop, long restart) {
  private static final int PAGE_BYTES = 4_096;

  static final WalLimits DEFAULT =
      ofPages(
          1_500, // beside: 5.9 MiB at 4 KiB a page
          500, // rest: 2.0 MiB
          4_000, // writer: 15.6 MiB
          12_000, // stop: 46.9 MiB
          131_072); // restart: 512 MiB

  /** Returns limits of these numbers of pages of 4,096 bytes. */
  static WalLimits ofPages(int beside, int rest, int writer, int stop, int restart) {
    return new WalLimits(
        (long) PAGE_BYTES * beside,
        (long) PAGE_BYTES * rest,
        (long) PAGE_BYTES * writer,
        (long) PAGE_BYTES * stop,
        (long) PAGE_BYTES * restart);
  }

  /** Returns {@link #writer} in pages of {@code pageBytes}, because SQLite counts in pages. */
  long writerPages(int pageBytes) {
    return Math.max(1, writer / pageBytes);
  }
}
