package dev.belay.sqlite;

/**
 * How long the log may get before something is done about it, in bytes of pages: a file may have
 * pages of 512 bytes or of 64 KiB. Immutable.
 *
 * <p>A WAL is reset only when all of it has been copied into the database while no reader uses it.
 * Beside a busy writer that never happens: there is always a little more. So the writer itself
 * moves the rest, once that is little.
 *
 * @param beside how much is left in the log alone when it is moved beside the writer
 * @param rest how little of a log that long is left when the writer moves it
 * @param writer the length from which on every commit tries to move it, as SQLite does by itself
 * @param stop the length at which the writer waits for a checkpoint that is being made: on a slow
 *     disk it would go on writing for as long as that takes. Its own would keep it as long.
 * @param restart the length at which, because some reader always uses it, all processes are kept
 *     from writing for a moment so that it can be reset
 */
record WalLimits(long beside, long rest, long writer, long stop, long restart) {
  private static final int PAGE_BYTES = 4_096;

  static final WalLimits DEFAULT = ofPages(1_500, 500, 4_000, 12_000, 131_072);

  /** That many pages of the usual size. */
  static WalLimits ofPages(int beside, int rest, int writer, int stop, int restart) {
    return new WalLimits(
        (long) PAGE_BYTES * beside,
        (long) PAGE_BYTES * rest,
        (long) PAGE_BYTES * writer,
        (long) PAGE_BYTES * stop,
        (long) PAGE_BYTES * restart);
  }

  /** {@link #writer} in pages of {@code pageBytes}, which is how SQLite counts. */
  long writerPages(int pageBytes) {
    return Math.max(1, writer / pageBytes);
  }
}
