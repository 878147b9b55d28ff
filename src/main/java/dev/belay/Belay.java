package dev.belay;

import dev.belay.check.StoreCheck;
import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.lease.Leases;
import dev.belay.postgres.Postgres;
import dev.belay.queue.QueueEngine;
import dev.belay.queue.QueueOptions;
import dev.belay.queue.WorkQueue;
import dev.belay.session.Sessions;
import dev.belay.sqlite.OpenSettings;
import dev.belay.sqlite.Sqlite;
import dev.belay.store.BackupProgress;
import dev.belay.store.Finding;
import dev.belay.store.StoreException;
import dev.belay.store.TxAction;
import dev.belay.store.TxBody;
import dev.belay.store.TxRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * An open store: durable sessions, leases and work queues in one file. Safe for use by many
 * threads; one object can serve the whole application. Other processes may open the same file at
 * the same time.
 *
 * <p>A store that is never closed keeps no JVM alive and loses no commit that was acknowledged. If
 * the JVM ends without {@link #close}, two things may be lost that {@code close} waits for: the
 * hooks of acknowledged commits ({@link dev.belay.store.Tx#afterCommit}) and the actions added to
 * futures.
 */
public final class Belay implements AutoCloseable {
  /**
   * The maximum number of pages that one transaction of {@link #shrink} returns to the file system:
   * 256 (1 MiB with pages of 4 KiB).
   */
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
   * Opens {@code file} for reading and writing. If the file does not exist, it is created; its
   * folder must exist. If the schema is not up to date, it is migrated. If several processes open a
   * new file at once, only one of them creates and migrates it.
   *
   * <p>The steps, in this order:
   *
   * <ol>
   *   <li>All conditions are checked, without changing anything: the path and the permission to
   *       write there, the versions of the libraries, the locations of the application's
   *       migrations, that the file has no second name, that no other copy of the SQLite library in
   *       this JVM has it open, its encoding (UTF-8), the histories of its schema.
   *   <li>All pending migrations, Belay's and the application's, run in one transaction. The
   *       migrations of the application are found with the context class loader of this thread.
   *   <li>The file is switched to WAL.
   * </ol>
   *
   * <p>The file stays open until {@link #close}. If the file, its {@code -wal} or its {@code -shm}
   * is deleted, moved or replaced before that, every verb throws {@link StoreException} from then
   * on.
   *
   * @throws StoreException if one of these steps fails. A file that existed before is then
   *     unchanged, and a file that did not exist is not created, with two exceptions: if a
   *     migration fails, or {@code withConnection} fails on the file but not before in memory, a
   *     new file stays and is empty; if only the switch to WAL or {@code
   *     BelayOptions.withConnection} fails, the file is already migrated. The subclasses: {@link
   *     dev.belay.store.SchemaTooNewException} if a newer Belay has migrated the file, {@link
   *     dev.belay.store.SchemaTooOldException} if migrations are pending that the options forbid,
   *     {@link dev.belay.store.StoreCorruptException} if it is not a database, is damaged, or has a
   *     schema history that this library does not know, {@link dev.belay.store.StoreBusyException}
   *     if other processes held the file for the whole busy timeout, {@link
   *     dev.belay.store.StoreInterruptedException} if the thread was interrupted
   * @throws IllegalArgumentException if the path is empty, or of another than the default file
   *     system
   */
  public static Belay open(Path file, BelayOptions options) {
    return new Belay(
        Sqlite.open(file, OpenSettings.of(options, BelayOptions.BUSY_TIMEOUT_DEFAULT)));
  }

  /** As {@link #openInMemory(BelayOptions)}, with the defaults. */
  public static Belay openInMemory() {
    return openInMemory(BelayOptions.defaults());
  }

  /**
   * Opens an empty store in memory. Only this object can use it, and its contents are lost at
   * {@link #close}. It has one connection, so reads, writes and calls wait for each other; see
   * {@link dev.belay.store.Tx#handle} for the restrictions of bodies in memory.
   */
  public static Belay openInMemory(BelayOptions options) {
    return new Belay(
        Sqlite.openInMemory(OpenSettings.of(options, BelayOptions.BUSY_TIMEOUT_DEFAULT)));
  }

  /** As {@link #openReadOnly(Path, BelayOptions)}, with the defaults. */
  public static Belay openReadOnly(Path file) {
    return openReadOnly(file, BelayOptions.defaults());
  }

  /**
   * Opens {@code file} for reading. Never creates, migrates or writes the file; other processes may
   * write it at the same time. Every verb that writes throws {@link
   * dev.belay.store.StoreReadOnlyException}.
   *
   * <p>A file in a folder without permission to write can be read only while its {@code -wal} and
   * {@code -shm} exist. Whether the file has a second name is not checked.
   *
   * @throws StoreException if the file does not exist, is not a store, or cannot be read; {@link
   *     dev.belay.store.SchemaTooOldException} if it lacks tables that this Belay reads. Migrations
   *     of the application are not looked at
   * @throws IllegalArgumentException if the path is empty, or of another than the default file
   *     system
   */
  public static Belay openReadOnly(Path file, BelayOptions options) {
    return new Belay(
        Sqlite.openReadOnly(
            file, OpenSettings.of(options, BelayOptions.READ_ONLY_BUSY_TIMEOUT_DEFAULT)));
  }

  /** As {@link #openPostgres(String, BelayOptions)}, with the defaults. */
  public static Belay openPostgres(String jdbcUrl) {
    return openPostgres(jdbcUrl, BelayOptions.defaults());
  }

  /**
   * Opens the store in a schema of a PostgreSQL database, with connections of its own; the same API
   * for services that outgrow one machine. Needs {@code org.postgresql:postgresql} and {@code
   * org.flywaydb:flyway-database-postgresql} on the class path.
   *
   * <p>The schema is the first of the connection's search path that exists; {@code currentSchema}
   * in the URL chooses another one. Its tables are created and migrated as needed, by one process
   * at a time, beside those of the application.
   *
   * <p>What differs from a file:
   *
   * <ul>
   *   <li>Several bodies write at once, each in a transaction of its own (READ COMMITTED). A body
   *       runs again if the server ended its transaction for another one.
   *   <li>Without {@link BelayOptions#withDurability} a commit survives a power failure of the
   *       server. {@link dev.belay.store.Durability#PROCESS_CRASH} is faster, and a crash of the
   *       server may take the last second of commits.
   *   <li>Without {@link BelayOptions#withClock} the time is that of the server.
   *   <li>Tokens grow for each lease, lane and piece of work, and within one store object; ids of
   *       work never come back, but are not in the order of commits.
   *   <li>{@link #backup} is not supported, and {@link #shrink} has nothing to do.
   * </ul>
   *
   * @param jdbcUrl for example {@code jdbc:postgresql://host/database?user=app&password=secret}
   * @throws StoreException if the server cannot be reached, is older than PostgreSQL 15, or cannot
   *     be written; {@link dev.belay.store.SchemaTooNewException} if a newer Belay has migrated the
   *     schema; {@link dev.belay.store.SchemaTooOldException} if migrations are pending that the
   *     options forbid
   * @throws IllegalArgumentException if an option was chosen that only a file has
   */
  public static Belay openPostgres(String jdbcUrl, BelayOptions options) {
    return new Belay(Postgres.open(jdbcUrl, options, BelayOptions.BUSY_TIMEOUT_DEFAULT));
  }

  /** As {@link #openPostgres(DataSource, BelayOptions)}, with the defaults. */
  public static Belay openPostgres(DataSource source) {
    return openPostgres(source, BelayOptions.defaults());
  }

  /**
   * As {@link #openPostgres(String, BelayOptions)}, on connections of the host's pool. The store
   * keeps up to 19 of them, which it opens when they are needed, until it is closed. It changes no
   * setting of a connection beyond its own transactions.
   */
  public static Belay openPostgres(DataSource source, BelayOptions options) {
    return new Belay(Postgres.open(source, options, BelayOptions.BUSY_TIMEOUT_DEFAULT));
  }

  /**
   * Returns the transactions of this store, for SQL of the application and for several verbs of
   * Belay in one transaction.
   */
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

  /** Returns the sessions of this store. */
  public Sessions sessions() {
    return sessions;
  }

  /** Returns the leases of this store. */
  public Leases leases() {
    return leases;
  }

  /** As {@link #queue(String, QueueOptions)}, with the defaults. */
  public WorkQueue queue(String name) {
    return queue(name, QueueOptions.defaults());
  }

  /**
   * Returns a work queue of this store. A queue need not be created before its first use. The call
   * is cheap and can be repeated.
   *
   * @param name 1 to {@link dev.belay.store.TextRule#QUEUE_BYTES_MAX} bytes of UTF-8
   * @throws IllegalArgumentException if the name breaks {@link dev.belay.store.TextRule}, or if
   *     {@code options} set a retention that differs from the one of an earlier call on this store
   *     for the same name
   */
  public WorkQueue queue(String name, QueueOptions options) {
    return queues.queue(name, options);
  }

  /** As {@link #queues(String, int)}, the first page with the maximum limit. */
  public List<String> queues() {
    return queues(null, WorkQueue.LIMIT_MAX);
  }

  /**
   * Returns one page of the names of the queues that have any work, in the order of the names' code
   * points. Only an empty page is the end.
   *
   * @param afterName the last name of the previous page, null for the first page
   * @param limit maximum number of names, from 1 to {@link dev.belay.queue.WorkQueue#LIMIT_MAX};
   *     each name costs one look-up
   */
  public List<String> queues(@Nullable String afterName, int limit) {
    return queues.names(afterName, limit);
  }

  /**
   * Returns what this store holds: sizes, and counts that cost a bounded amount. Writes nothing.
   * For exact numbers of one queue see {@link WorkQueue#stats()}.
   *
   * @throws IllegalStateException if called from inside a body
   */
  public StoreStats stats() {
    return new StatsReading(store, StoreStats.COUNT_MAX)
        .read(queues(null, StoreStats.QUEUES_MAX + 1));
  }

  /** As {@link #check(Finding.Scope)}, with {@link Finding.Scope#ROWS}. */
  public List<Finding> check() {
    return check(Finding.Scope.ROWS);
  }

  /**
   * Looks for what should not be in this store: Belay's own rules, which the database does not
   * enforce or which something has got round. Returns an empty list if all is well. Writes nothing
   * and repairs nothing.
   *
   * <p>The rows are read in slices, each a transaction of its own of at most 200 ms on a disk of
   * ordinary speed, beside all other work, also of other processes; what they write meanwhile is no
   * finding. Tables of the application are read for broken foreign keys only, each in one
   * statement. With {@link Finding.Scope#PAGES} SQLite reads all pages in one long snapshot.
   *
   * <p>What cannot be read is a finding, where that is possible, and ends the walk through its
   * table. An interrupt ends the check, and so does {@link #close}.
   *
   * @return at most {@link Finding#MAX} findings, and then one of the rule {@link Finding#MORE} if
   *     there are more
   * @throws IllegalStateException if called from inside a body
   * @throws UnsupportedOperationException for {@code PAGES} on PostgreSQL, whose own tools check
   *     its pages
   * @throws StoreException if the store cannot be read for another reason than damage. The
   *     subclasses: {@link dev.belay.store.StoreInterruptedException} (the interrupt flag stays
   *     set), {@link dev.belay.store.StoreClosedException}
   */
  public List<Finding> check(Finding.Scope scope) {
    return new StoreCheck(store).run(Objects.requireNonNull(scope, "scope"));
  }

  /** As {@link #backup(Path, BackupProgress)}, without progress. */
  public void backup(Path target) {
    store.backup(target, (remaining, total) -> {});
  }

  /**
   * Copies this store to {@code target}. The copy is one snapshot of the store: it contains every
   * commit that was acknowledged before the call, and no change that was not committed when the
   * copy began. The copy is one file and can be opened as any other store; only its owner may read
   * and write it. When this method returns, the copy has been checked and is on the disk.
   *
   * <p>Bodies of this and of other processes continue to read and write during the copy. The WAL
   * cannot be reset before the copy is complete, so it grows by all that is written until then. A
   * store in memory has one connection, so all its other bodies wait for the copy.
   *
   * <p>The copy is made in a file {@code .belay-….backup} beside {@code target}, which is renamed
   * at the end. If anything fails, that file is deleted and {@code target} does not exist. A
   * process that is killed leaves the file. A later backup into the same folder deletes it, if the
   * process has certainly ended or the file has not been written to for a day.
   *
   * <p>An interrupt cancels the backup, and so does {@link #close}. A store that is opened for
   * reading, or is in memory, completes the copy first and then deletes it; any other store stops
   * copying almost at once. Several threads may make backups at the same time. A backup that a
   * virtual thread starts runs on another thread.
   *
   * @param target a file that does not exist, in a folder that exists; a backup never replaces a
   *     file
   * @param progress receives the progress of the copy; an exception that it throws cancels the
   *     backup
   * @throws IllegalArgumentException if the path is blank, or of another than the default file
   *     system
   * @throws IllegalStateException if called from inside a body
   * @throws StoreException if {@code target} exists, even as a symbolic link without a target, or
   *     is a file of this store; if files exist beside it that SQLite would use with it ({@code
   *     -wal} and similar); if its folder does not exist or does not permit writing; or if the
   *     store cannot be read. The subclasses: {@link dev.belay.store.StoreFullException} if there
   *     is no free space, {@link dev.belay.store.StoreCorruptException} if the store is damaged,
   *     {@link dev.belay.store.StoreInterruptedException} after an interrupt (the interrupt flag
   *     stays set), {@link dev.belay.store.StoreClosedException} if this store is closed, before or
   *     during the copy
   */
  public void backup(Path target, BackupProgress progress) {
    store.backup(target, progress);
  }

  /**
   * Returns unused pages of the file, which deletions have left, to the file system. A file that
   * will grow again need not be shrunk, because the store itself reuses these pages.
   *
   * <p>The work is done in transactions of at most {@link #SHRINK_BATCH} pages. Each takes a few
   * milliseconds, and other writes can run between them. The file becomes shorter at the next
   * checkpoint. A file that was not empty when Belay first opened it cannot be shrunk: the result
   * is 0.
   *
   * @param pagesMax maximum number of pages, at least 1; a page has 4 KiB unless the file was
   *     created with another page size
   * @return the number of pages; 0 if there is no page to return
   * @throws IllegalArgumentException if {@code pagesMax} is less than 1
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
   *   <li>All workers are stopped at the same time, as {@link dev.belay.queue.Worker#close} does.
   *   <li>New bodies are refused, except on {@code belay-callback} threads. Bodies that were
   *       submitted before run, in order, and so do the hooks of acknowledged commits and the
   *       actions added to their futures, all for at most the busy timeout. A body that has not
   *       started by then never runs and fails with {@link dev.belay.store.StoreClosedException}. A
   *       hook that has not ended by then continues, but its verbs are refused.
   *   <li>Open keepers are closed, which releases their leases.
   *   <li>Running backups are cancelled, a checkpoint copies the WAL into the database file, and
   *       the file is closed. A body that still runs keeps its connection until it ends.
   * </ol>
   *
   * <p>This method waits for all these steps. If the thread is interrupted, before or during the
   * call, the method no longer waits: grace periods end, bodies that have not started fail without
   * having run, and the interrupt flag is set again. On a {@code belay-callback} thread and in a
   * worker's handler, where the method would wait for itself, it starts to close on another thread
   * and returns immediately. Closing again has no effect.
   *
   * @throws IllegalStateException if called from inside a body; nothing has been stopped then
   */
  @Override
  public void close() {
    store.requireOutsideBody("close");
    if (!store.isCallbackThread() && !queues.isWorkerThread()) {
      closeAndWait();
    } else if (closingBeside.compareAndSet(false, true)) {
      try {
        store.daemon("belay-close", this::closeAndWait).start();
      } catch (Throwable e) { // no thread could be started: the next call tries again
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
