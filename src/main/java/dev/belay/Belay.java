package dev.belay;

import dev.belay.lease.Leases;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.Waiters;
import dev.belay.queue.WorkQueue;
import dev.belay.session.Sessions;
import dev.belay.sqlite.OpenSettings;
import dev.belay.sqlite.Sqlite;
import dev.belay.store.BackupProgress;
import dev.belay.store.StoreEngine;
import dev.belay.store.StoreException;
import dev.belay.store.TokenSpace;
import dev.belay.store.TxRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An open store: durable sessions, leases and work queues in one file. Safe for use by many
 * threads, cheap to share; other processes may open the same file at the same time.
 *
 * <p>A store that is never closed keeps no JVM alive and loses nothing that was acknowledged.
 */
public final class Belay implements AutoCloseable {
  private final StoreEngine store;
  private final Sessions sessions;
  private final Leases leases;
  private final TokenSpace tokens = new TokenSpace();
  private final Waiters waiters;
  private final AtomicReference<Runnable> closeKeepers = new AtomicReference<>(() -> {});
  private final AtomicBoolean closingBeside = new AtomicBoolean();

  private Belay(StoreEngine store) {
    this.store = store;
    this.sessions = new Sessions(store);
    this.leases = new Leases(store, tokens, closeKeepers::set);
    this.waiters = new Waiters(store);
  }

  /** As {@link #open(Path, BelayOptions)}, with the defaults. */
  public static Belay open(Path file) {
    return open(file, BelayOptions.defaults());
  }

  /**
   * Opens {@code file} for reading and writing. Creates it if it does not exist (its folder must),
   * and brings its schema up to date; of several processes that open a new file at once, one does.
   *
   * <p>What can refuse is asked first: the versions of the libraries, the file's encoding (UTF-8),
   * the histories of its schema, the locations of the application's migrations. Then all pending
   * migrations, Belay's and the application's, run in one transaction; then the file is switched to
   * WAL. The application's migrations are found with the context class loader of this thread, and
   * run once for each handle.
   *
   * @throws StoreException if that fails. Then a file that was there has not been changed, and no
   *     file is left by what refuses before the first migration; a migration that fails in a new
   *     file leaves it empty. The one exception: if only the switch to WAL fails, the file is
   *     migrated. {@link dev.belay.store.SchemaTooNewException} if a newer Belay has migrated it,
   *     {@link dev.belay.store.StoreCorruptException} if it is no database, damaged, or its
   *     schema's history is not the one of this library, {@link dev.belay.store.StoreBusyException}
   *     if other processes kept it busy for the busy timeout
   * @throws IllegalArgumentException if the path is empty
   */
  public static Belay open(Path file, BelayOptions options) {
    return new Belay(Sqlite.open(file, settings(options, BelayOptions.BUSY_TIMEOUT_DEFAULT)));
  }

  /** As {@link #openInMemory(BelayOptions)}, with the defaults. */
  public static Belay openInMemory() {
    return openInMemory(BelayOptions.defaults());
  }

  /** Opens an empty store in memory. It is private to this handle and ends with it. */
  public static Belay openInMemory(BelayOptions options) {
    return new Belay(Sqlite.openInMemory(settings(options, BelayOptions.BUSY_TIMEOUT_DEFAULT)));
  }

  /** As {@link #openReadOnly(Path, BelayOptions)}, with the defaults. */
  public static Belay openReadOnly(Path file) {
    return openReadOnly(file, BelayOptions.defaults());
  }

  /**
   * Opens {@code file} for reading. Never creates, migrates or writes it; works while other
   * processes write. Every verb that writes throws {@link dev.belay.store.StoreReadOnlyException}.
   *
   * @throws StoreException if the file does not exist, is no store, or cannot be read
   * @throws IllegalArgumentException if the path is empty
   */
  public static Belay openReadOnly(Path file, BelayOptions options) {
    return new Belay(
        Sqlite.openReadOnly(file, settings(options, BelayOptions.READ_ONLY_BUSY_TIMEOUT_DEFAULT)));
  }

  private static OpenSettings settings(BelayOptions options, Duration busyTimeoutDefault) {
    return new OpenSettings(
        (int) options.busyTimeout().orElse(busyTimeoutDefault).toMillis(),
        options.durability(),
        options.clock(),
        options.commitGroupMax(),
        options.appMigrations(),
        options.jdbi(),
        options.connection(),
        options.readers(),
        options.ownerOnlyFiles(),
        options.sharedNames());
  }

  /** Transactions for your own statements and DAOs, and for several verbs of Belay in one. */
  public TxRunner tx() {
    return store;
  }

  /** The sessions of this store. */
  public Sessions sessions() {
    return sessions;
  }

  /** The leases of this store. */
  public Leases leases() {
    return leases;
  }

  /** As {@link #queue(String, QueueOptions)}, with the defaults. */
  public WorkQueue queue(String name) {
    return queue(name, QueueOptions.defaults());
  }

  /**
   * A work queue of this store; it needs no making. Cheap, and may be asked for any number of
   * times.
   *
   * @param name 1 to {@link dev.belay.store.TextRule#ID_MAX} code points
   * @throws IllegalArgumentException if the name breaks {@link dev.belay.store.TextRule}
   */
  public WorkQueue queue(String name, QueueOptions options) {
    return new WorkQueue(store, tokens, waiters, name, options);
  }

  /** As {@link #backup(Path, BackupProgress)}, without progress. */
  public void backup(Path target) {
    store.backup(target, (remaining, total) -> {});
  }

  /**
   * Copies this store to {@code target}: one state of it, in which everything is that was
   * acknowledged before the call, and nothing of what had not been committed when the copy began.
   * The copy is a store like any other. It is one file, which only its owner may read and write,
   * checked and on the disk when this returns.
   *
   * <p>Everybody else, in this process and in others, goes on reading and writing meanwhile. The
   * log cannot begin again while the copy is made, so it grows by what is written until then. (A
   * store in memory has one connection: everything else waits for the copy.)
   *
   * <p>The copy is made in a file {@code .belay-….backup} beside {@code target}, which gets its
   * name at the end. If anything fails, that file is deleted and {@code target} does not exist. A
   * process that is killed leaves it; the next backup into the same folder deletes it, once it is
   * certain that it is nobody's: the process has ended, or for a day nothing has been written.
   *
   * <p>An interrupt cancels the copy, and so does {@link #close}. It ends within a moment; that of
   * a store which is opened for reading, or in memory, is made to the end first and then deleted.
   * Backups may be made by several threads at a time. A virtual thread has it made by another.
   *
   * @param target a file that does not exist, in a folder that does; a backup replaces nothing
   * @param progress told how far the copy is; what it throws cancels the backup
   * @throws IllegalArgumentException if the path is blank, or of another than the default file
   *     system
   * @throws IllegalStateException from inside a body
   * @throws StoreException if {@code target} exists (be it a symbolic link to nothing) or is a file
   *     of this store, if files are beside it that would be taken for its own ({@code -wal} and the
   *     like), if its folder does not exist or may not be written, if the store cannot be read;
   *     {@link dev.belay.store.StoreFullException} if there is no room, {@link
   *     dev.belay.store.StoreCorruptException} if the store is damaged, {@link
   *     dev.belay.store.StoreInterruptedException} after an interrupt, whose flag stays set, {@link
   *     dev.belay.store.StoreClosedException} if this store is closed, or is closed meanwhile
   */
  public void backup(Path target, BackupProgress progress) {
    store.backup(target, progress);
  }

  /**
   * Closes the store, in this order:
   *
   * <ol>
   *   <li>All workers stop, at the same time, as {@link dev.belay.queue.Worker#close} does.
   *   <li>New work is refused, but not from hooks and continuations of futures. What was submitted
   *       before runs, in order, and hooks and continuations end, all for at most the busy timeout;
   *       what is left then fails with {@link dev.belay.store.StoreClosedException} and has done
   *       nothing.
   *   <li>Keepers that are open are closed, which releases their leases.
   *   <li>The file is closed.
   * </ol>
   *
   * <p>Waits for all that. If the thread is interrupted, before or meanwhile, it waits for nothing
   * any more: grace periods are over, what has not begun fails undone, and the flag is set again.
   * On a {@code belay-callback} thread and in a worker's handler, which it would wait for, it
   * begins to close on a thread of its own and returns at once. Closing again has no effect.
   *
   * @throws IllegalStateException from inside a body; nothing has been stopped then
   */
  @Override
  public void close() {
    store.requireOutsideBody("close");
    if (!store.isCallbackThread() && !waiters.isWorkerThread()) {
      closeAndWait();
    } else if (closingBeside.compareAndSet(false, true)) {
      try {
        store.daemon("belay-close", this::closeAndWait).start();
      } catch (Throwable e) { // no thread to be had: the next call tries again
        closingBeside.set(false);
        throw e;
      }
    }
  }

  private void closeAndWait() {
    waiters.stopWorkers();
    store.close(closeKeepers.get());
  }
}
