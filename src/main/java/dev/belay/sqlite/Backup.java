package dev.belay.sqlite;

import dev.belay.engine.line.Threads;
import dev.belay.engine.line.VirtualThreads;
import dev.belay.store.BackupProgress;
import dev.belay.store.StoreClosedException;
import dev.belay.store.TxRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Makes the backups of one store; several may run at a time. Safe for use by many threads.
 *
 * <ol>
 *   <li>A draft is created beside the target: an empty file that only its owner can read.
 *   <li>The store is copied into it, and the copy is checked.
 *   <li>The draft is synced and gets the target's name, if that name is still free.
 * </ol>
 *
 * <p>If any step fails, the draft is deleted and no file has the target's name.
 */
final class Backup {
  /** Copies one snapshot of the store into an empty file. */
  @FunctionalInterface
  interface Copier {
    /**
     * Returns the number of pages of the copy.
     *
     * @param draft the empty file; no connection to it is open before the copy or after it
     */
    int copy(SqliteFile draft, BackupRun run) throws SQLException;
  }

  private final String name;
  private final @Nullable Path file;
  private final OpenSettings settings;
  private final Copier copier;
  private final Set<BackupRun> running = new HashSet<>();
  private boolean closed;

  /** Of {@code store}, which has {@code parts}. */
  static Backup of(StoreParts parts, TxRunner store) {
    String name = parts.name();
    return parts.hold() == null
        ? new Backup(name, null, parts.settings(), new MemoryCopy(store))
        : new Backup(
            name, Path.of(name), parts.settings(), new PageCopy(parts::openToCopy, parts.access()));
  }

  /**
   * @param file the file of the store; null if the store is in memory
   */
  Backup(String name, @Nullable Path file, OpenSettings settings, Copier copier) {
    this.name = name;
    this.settings = settings;
    this.file = file;
    this.copier = copier;
  }

  /** Copies the store to {@code path}. Must not be called inside a body. */
  void run(Path path, BackupProgress progress) {
    BackupTarget target = BackupTarget.of(path);
    String title = name + ": backup to " + target;
    BackupRun run = new BackupRun(title, Thread.currentThread(), progress);
    begin(run);
    try {
      run.throwIfCancelled();
      target.requireFree(file);
      if (VirtualThreads.isCurrent()) {
        handOver(run, target);
      } else {
        copy(run, target);
      }
    } finally {
      end(run);
    }
  }

  private void copy(BackupRun run, BackupTarget target) {
    try (BackupDraft draft = BackupDraft.beside(target)) {
      int pages = copier.copy(draft.file(), run);
      run.throwIfCancelled();
      BackupCheck.run(draft.file(), pages, run, settings);
      draft.publish(run);
    } catch (SQLException e) {
      run.throwIfCancelled(); // the failure is only how the copy was stopped
      throw new SqliteFailures(run.title()).operating("the copy", e);
    } catch (IOException e) {
      run.throwIfCancelled();
      throw target.failure(run.title(), e);
    }
  }

  /**
   * Makes the copy on a platform thread: native code would hold the carrier of a virtual thread for
   * the whole copy.
   */
  private void handOver(BackupRun run, BackupTarget target) {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable copying =
        () -> {
          try {
            copy(run, target);
          } catch (Throwable e) {
            failure.set(e);
          }
        };
    Thread thread = Threads.daemon("belay-backup", copying);
    run.servedBy(thread);
    thread.start();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
        run.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable thrown = failure.get();
    if (thrown != null) {
      BackupRun.throwAsIs(thrown);
    }
  }

  private synchronized void begin(BackupRun run) {
    if (closed) {
      throw new StoreClosedException(name + ": the store is closed", null);
    }
    running.add(run);
  }

  private synchronized void end(BackupRun run) {
    running.remove(run);
    notifyAll();
  }

  /**
   * Refuses new backups, cancels the running ones, and waits until they have ended, at most until
   * {@code deadline} (of {@code nanoTime}). It does not wait for a backup whose progress listener
   * calls this.
   */
  void close(long deadline) {
    boolean interrupted = false;
    synchronized (this) {
      closed = true;
      running.forEach(BackupRun::close);
      long left = deadline - System.nanoTime();
      while (left > 0 && running.stream().anyMatch(run -> !run.isOfCurrentThread())) {
        try {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        } catch (InterruptedException e) {
          interrupted = true; // the backups end soon, and the wait is bounded
        }
        left = deadline - System.nanoTime();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
