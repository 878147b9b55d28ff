package dev.belay.sqlite;

import dev.belay.store.BackupProgress;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreInterruptedException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A backup that is being made: its progress, and whether and why it is cancelled. The thread that
 * makes it and those that cancel it share it; the first reason counts.
 */
final class BackupRun {
  private final String title;
  private final Thread caller;
  private final BackupProgress progress;
  private final AtomicReference<@Nullable Throwable> reason = new AtomicReference<>();
  private volatile Thread server;

  /**
   * @param title what failures begin with
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

  /** It is made by {@code thread} in place of the caller's. */
  void servedBy(Thread thread) {
    server = thread;
  }

  boolean isOfCurrentThread() {
    Thread current = Thread.currentThread();
    return caller == current || server == current;
  }

  /** Says how far the copy is; false if it is cancelled. Never throws. */
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

  /** On the thread that makes it: an interrupt of it cancels, and the flag stays set. */
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

  /** The store is being closed. */
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

  /** Throws the same object, also one that only generics let through. */
  static void throwAsIs(Throwable failure) {
    BackupRun.<RuntimeException>thrown(failure);
  }

  @SuppressWarnings("unchecked") // erased: whatever it is, it is thrown as it is
  private static <X extends Throwable> void thrown(Throwable failure) throws X {
    throw (X) failure;
  }
}
