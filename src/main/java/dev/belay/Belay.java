package dev.belay;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.lease.Leases;
import dev.belay.queue.QueueEngine;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.WorkQueue;
import dev.belay.session.Sessions;
import dev.belay.sqlite.OpenSettings;
import dev.belay.sqlite.Sqlite;
import dev.belay.store.BackupProgress;
import dev.belay.store.StoreException;
import dev.belay.store.TxAction;
import dev.belay.store.TxBody;
import dev.belay.store.TxRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An open store: durable sessions, leases and work queues in one file. Safe for use by many
 * threads, cheap to share; other processes may open the same file at the same time.
 *
 * <p>A store that is never closed keeps no JVM alive and loses no commit that was acknowledged.
 * What {@link #close} waits for may then be lost with the JVM: the hooks of such commits ({@link
 * dev.belay.store.Tx#afterCommit}) and the actions added to futures.
 */
public final class Belay implements AutoCloseable {
  /** How many pages one transaction of {@link #shrink} gives back at most. */
  public static final int SHRINK_BATCH = 256;

  private final StoreEngine store;
  private final Sessions sessions;
  private final Leases leases;
  private final TokenSpace tokens = new TokenSpace();
  private final QueueEngine queues;
  private final AtomicReference<Runnable> closeKeepers = new AtomicReference<>(() -> {});
  private final AtomicBoolean closingBeside = new AtomicBoolean();

  private Belay(StoreEngine store) {
    this.store = store;
    this.queues = new QueueEngine(store, tokens);
    this.sessions = new Sessions(store, queues);
    this.leases = new Leases(store, tokens, closeKeepers::set);
  }

  /** As {@link #open(Path, BelayOptions)}, with the defaults. */
  public static Belay open(Path file) {
    return open(file, BelayOptions.defaults());
  }

  /**
   * Opens {@code file} for reading and writing. Creates it if it does not exist (its folder must),
   * and brings its schema up to date; of several processes that open a new file at once, one does.
   *
   * <p>The order:
   *
   * <ol>
   *   <li>What can refuse is asked, and changes nothing: the path and the right to write there, the
   *       versions of the libraries, the locations of the application's migrations, a second name
   *       of the file, another copy of the SQLite library in this JVM that has it open, its
   *       encoding (UTF-8), the histories of its schema.
   *   <li>All pending migrations, Belay's and the application's, run in one transaction. The
   *       application's are found with the context class loader of this thread.
   *   <li>The file is switched to WAL.
   * </ol>
   *
   * <p>The file stays open until {@link #close}. If it, or its {@code -wal} or {@code -shm}, is
   * deleted, moved or replaced meanwhile, every verb throws {@link StoreException} from then on.
   *
   * @throws StoreException if one of these steps fails. A file that was there has then not been
   *     changed; if there was none, there is none, except that a migration that fails, or a {@code
   *     withConnection} that fails on the file alone, leaves an empty one. One exception: if only
   *     the switch to WAL or {@code BelayOptions.withConnection} fails, the file is migrated.
   *     {@link dev.belay.store.SchemaTooNewException} if a newer Belay has migrated it, {@link
   *     dev.belay.store.StoreCorruptException} if it is no database, damaged, or its schema's
   *     history is not the one of this library, {@link dev.belay.store.StoreBusyException} if other
   *     processes kept it busy for the busy timeout, {@link
   *     dev.belay.store.StoreInterruptedException} if the thread was interrupted
   * @throws IllegalArgumentException if the path is empty, or of another than the default file
   *     system
   */
  public static Belay open(Path file, BelayOptions options) {
    return new Belay(Sqlite.open(file, settings(options, BelayOptions.BUSY_TIMEOUT_DEFAULT)));
  }

  /** As {@link #openInMemory(BelayOptions)}, with the defaults. */
  public static Belay openInMemory() {
    return openInMemory(BelayOptions.defaults());
  }

  /**
   * Opens an empty store in memory. It is private to this handle and ends with it. It has one
   * connection, so bodies that read, write or call wait for each other; see {@link
   * dev.belay.store.Tx#handle} for what a body may not do on it.
   */
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
   * <p>A file in a folder that may not be written can be read only while its {@code -wal} and
   * {@code -shm} are there. A second name of the file is not asked for.
   *
   * @throws StoreException if the file does not exist, is no store, or cannot be read
   * @throws IllegalArgumentException if the path is empty, or of another than the default file
   *     system
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
        options.migrations(),
        options.jdbi(),
        options.connection(),
        options.readers(),
        options.ownerOnlyFiles(),
        options.sharedNames(),
        options.observer().orElse(null),
        options.context().orElse(null));
  }

  /** The transactions of this store: for your own SQL, and for several verbs of Belay in one. */
  public TxRunner tx() {
    return store;
  }

  /** As {@link TxRunner#read} of {@link #tx}. */
  public <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X {
    return store.read(body);
  }

  /** As {@link TxRunner#write} of {@link #tx}. */
  public <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X {
    return store.write(body);
  }

  /** As {@link TxRunner#useRead} of {@link #tx}. */
  public <X extends Exception> void useRead(TxAction<X> body) throws X {
    store.useRead(body);
  }

  /** As {@link TxRunner#useWrite} of {@link #tx}. */
  public <X extends Exception> void useWrite(TxAction<X> body) throws X {
    store.useWrite(body);
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
   * @throws IllegalArgumentException if the name breaks {@link dev.belay.store.TextRule}, or if the
   *     options set another retention than those that this store was asked with before
   */
  public WorkQueue queue(String name, QueueOptions options) {
    return queues.queue(name, options);
  }

  /** As {@link #queues(String, int)}, the first page of the longest. */
  public List<String> queues() {
    return queues(null, WorkQueue.LIMIT_MAX);
  }

  /**
   * The names of the queues that have any work, by their UTF-8. Only an empty list is the end.
   *
   * @param limit from 1 to {@link dev.belay.queue.WorkQueue#LIMIT_MAX}; each costs one look-up
   */
  public List<String> queues(@Nullable String afterName, int limit) {
    return queues.names(afterName, limit);
  }

  /** As {@link #backup(Path, BackupProgress)}, without progress. */
  public void backup(Path target) {
    store.backup(target, (remaining, total) -> {});
  }

  /**
   * Copies this store to {@code target}. The copy is one state of the store: it has everything that
   * was acknowledged before the call, and nothing that was not committed when the copy began. It is
   * one file, a store like any other, which only its owner may read and write. When this method
   * returns, the copy has been checked and is on the disk.
   *
   * <p>Bodies of this process and of others go on reading and writing meanwhile. The log cannot be
   * reset while the copy is made, so it grows by what is written until then. A store in memory has
   * one connection: everything else waits for its copy.
   *
   * <p>The copy is made in a file {@code .belay-….backup} beside {@code target}, which is renamed
   * at the end. If anything fails, that file is deleted and {@code target} does not exist. A
   * process that is killed leaves the file; the next backup into the same folder deletes it, once
   * its process has certainly ended or nothing has been written to it for a day.
   *
   * <p>An interrupt cancels the backup, and so does {@link #close}. The backup of a store that is
   * opened for reading, or in memory, is made to the end first and then deleted; any other ends
   * within a moment. Several threads may make backups at the same time. The backup of a virtual
   * thread runs on another thread.
   *
   * @param target a file that does not exist, in a folder that does; a backup replaces nothing
   * @param progress told how far the copy is; what it throws cancels the backup
   * @throws IllegalArgumentException if the path is blank, or of another than the default file
   *     system
   * @throws IllegalStateException from inside a body
   * @throws StoreException if {@code target} exists, even as a symbolic link to nothing, or is a
   *     file of this store, if files are beside it that would be taken for its own ({@code -wal}
   *     and the like), if its folder does not exist or may not be written, if the store cannot be
   *     read; {@link dev.belay.store.StoreFullException} if there is no room, {@link
   *     dev.belay.store.StoreCorruptException} if the store is damaged, {@link
   *     dev.belay.store.StoreInterruptedException} after an interrupt, whose flag stays set, {@link
   *     dev.belay.store.StoreClosedException} if this store is closed, or is closed meanwhile
   */
  public void backup(Path target, BackupProgress progress) {
    store.backup(target, progress);
  }

  /**
   * Gives pages of the file that deletions have left free back to the file system, and returns how
   * many; 0: there is nothing to give back. (The store itself uses free pages again, so a file that
   * will grow anyhow need not be shrunk.)
   *
   * <p>It works in transactions of {@link #SHRINK_BATCH} pages at most, each of which takes a few
   * milliseconds and lets others write after it. The file gets shorter when its log is next moved
   * into it. A file that was not empty when Belay first opened it gives nothing back.
   *
   * @param pagesMax how many at most, from 1; a page has 4 KiB unless the file was made otherwise
   * @throws IllegalArgumentException if {@code pagesMax} is less
   * @throws IllegalStateException from inside a body
   */
  public int shrink(int pagesMax) {
    if (pagesMax < 1) {
      throw new IllegalArgumentException("pagesMax must be from 1: " + pagesMax);
    }
    int all = 0;
    while (all < pagesMax) {
      int given = store.shrink(Math.min(SHRINK_BATCH, pagesMax - all));
      if (given == 0) {
        break;
      }
      all += given;
    }
    return all;
  }

  /**
   * Closes the store, in this order:
   *
   * <ol>
   *   <li>All workers stop, at the same time, as {@link dev.belay.queue.Worker#close} does.
   *   <li>New work is refused, except on {@code belay-callback} threads. What was submitted before
   *       runs, in order, and so do the hooks and the actions added to futures of commits that were
   *       acknowledged, all for at most the busy timeout. What has not started then fails with
   *       {@link dev.belay.store.StoreClosedException} and has done nothing; a hook that has not
   *       ended goes on, but its verbs are refused.
   *   <li>Keepers that are open are closed, which releases their leases.
   *   <li>Backups that are being made are cancelled, the log is moved into the database, and the
   *       file is closed. A body that still runs keeps its connection until it ends.
   * </ol>
   *
   * <p>This method waits for all that. If the thread is interrupted, before or meanwhile, the
   * method waits no longer: grace periods end, what has not started fails undone, and the interrupt
   * flag is set again. On a {@code belay-callback} thread and in a worker's handler, where it would
   * wait for itself, it begins to close on another thread and returns at once. Closing again has no
   * effect.
   *
   * @throws IllegalStateException from inside a body; nothing has been stopped then
   */
  @Override
  public void close() {
    store.requireOutsideBody("close");
    if (!store.isCallbackThread() && !queues.isWorkerThread()) {
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
    queues.stopWorkers();
    store.close(closeKeepers.get());
  }
}
