package dev.belay.sqlite;

import dev.belay.store.BackupProgress;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreInterruptedException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A running backup: its progress, and the reason for which it is cancelled, if it is. Safe for use
 * by many threads: the thread that makes the backup and those that cancel it share it. The first
 * reason counts.
 */
final class BackupRun {
  private final String title;
  private final Thread caller;
  private final BackupProgress progress;
  private final AtomicReference<@Nullable Throwable> reason = new AtomicReference<>();
  private volatile Thread server;

  /**
   * @param title the beginning of every failure message
   */
  BackupRun(String title, Thread caller, BackupProgress progress) {
    this.title = title;
    this.caller = caller;
    this.server = caller;
    this.progress = progress;
  }

  String title() {
    return title;
  }

  /** Notes that {@code thread} makes the backup in place of the caller's thread. */
  void servedBy(Thread thread) {
    server = thread;
  }

  boolean isOfCurrentThread() {
    Thread current = Thread.currentThread();
    return caller == current || server == current;
  }

  /** Reports the progress of the copy. Returns false if it is cancelled. Never throws. */
  boolean advance(int remaining, int total) {
    if (isCancelled()) {
      return false;
    }
    try {
      progress.progress(remaining, total);
    } catch (Throwable e) {
      reason.compareAndSet(null, e);
    }
    return !isCancelled();
  }

  /**
   * Returns whether the backup is cancelled. Called on the thread that makes it; an interrupt of
   * that thread cancels the backup, and the flag stays set.
   */
  boolean isCancelled() {
    if (reason.get() == null && Thread.currentThread().isInterrupted()) {
      interrupt();
    }
    return reason.get() != null;
  }

  void interrupt() {
    reason.compareAndSet(
        null, new StoreInterruptedException(title + ": interrupted, nothing was kept", null));
  }

  /** Cancels the backup because the store is being closed. */
  void close() {
    reason.compareAndSet(
        null, new StoreClosedException(title + ": the store was closed, nothing was kept", null));
  }

  void throwIfCancelled() {
    if (isCancelled()) {
      Throwable cause = reason.get();
      if (cause != null) {
        throwAsIs(cause);
      }
    }
  }

  /** Throws {@code failure} itself, even if it is a checked exception. */
  static void throwAsIs(Throwable failure) {
    BackupRun.<RuntimeException>thrown(failure);
  }

  @SuppressWarnings("unchecked") // erased: any throwable is thrown unchanged
  private static <X extends Throwable> void thrown(Throwable failure) throws X {
    throw (X) failure;
  }
}
