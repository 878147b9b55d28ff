package dev.belay.store;

/**
 * Receives the progress of a backup. Called by one thread at a time: the thread that called {@code
 * backup}, or one of Belay's own threads if the caller is a virtual thread.
 */
@FunctionalInterface
public interface BackupProgress {
  /**
   * Reports that pages have been copied. The first call comes after the first pages were copied,
   * the last call has {@code remaining} 0. From one call to the next {@code remaining} decreases
   * and {@code total} does not change.
   *
   * <p>The backup waits while this method runs, and keeps its snapshot: be quick. The method may
   * use the store. An exception that it throws cancels the backup and reaches the caller of the
   * backup as the same object. If the method leaves the thread's interrupt flag set, the backup is
   * cancelled too and throws {@link StoreInterruptedException}.
   *
   * @param remaining number of pages still to be copied, at least 0
   * @param total number of pages in the whole store, at least 1
   */
  void progress(int remaining, int total);
}
