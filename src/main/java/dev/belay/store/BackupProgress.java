package dev.belay.store;

/**
 * Receives the progress of a backup. Called by one thread at a time: the one that asked for the
 * backup, or one of Belay's own if that is a virtual thread.
 */
@FunctionalInterface
public interface BackupProgress {
  /**
   * Some pages have been copied. Called for the first time after the first pages, for the last time
   * with {@code remaining} 0; from one call to the next {@code remaining} falls, and {@code total}
   * stays.
   *
   * <p>The backup waits while this method runs, and keeps its snapshot: be quick. The method may
   * use the store. Whatever it throws cancels the backup and reaches the caller of the backup as
   * the same object. An interrupt flag that it leaves set cancels the backup too, which then throws
   * {@link StoreInterruptedException}.
   *
   * @param remaining pages still to be copied, from 0
   * @param total pages of the whole store, from 1
   */
  void progress(int remaining, int total);
}
