package dev.belay.sqlite;

import dev.belay.store.BackupProgress;
import dev.belay.store.StoreEngine;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxCheck;
import dev.belay.store.TxOutcome;
import dev.belay.store.Watch;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * A store in one SQLite file, or in memory. Safe for use by many threads.
 *
 * <p>One connection writes. Several read beside it, opened when needed, and one more for the looks
 * of Belay's own, which no body of a user runs on. A call has a connection of its own. In memory
 * there is only the one that writes, and in a store opened for reading there is none.
 */
public final class SqliteStore implements StoreEngine, AutoCloseable {
  private static final String MEMORY = ":memory:";

  private final String name;
  private final @Nullable FileHold hold;
  private final OpenSettings settings;
  private final Callbacks callbacks = new Callbacks();
  private final ChangeWatch changes;
  private final @Nullable Checkpointer checkpointer;
  private final @Nullable WriteServer writeServer;
  private final @Nullable ConnectionExecutor writer;
  private final ConnectionExecutor readers;
  private final ConnectionExecutor looker;
  private final ConnectionExecutor caller;
  private final List<ConnectionExecutor> executors;
  private final Backup backup;

  /** In memory if there is neither a file nor a hold on it. */
  private SqliteStore(
      @Nullable SqliteFile file,
      @Nullable FileHold hold,
      BelayJdbi jdbi,
      OpenSettings settings,
      boolean writes) {
    this.name = file == null ? MEMORY : file.toString();
    this.hold = hold;
    this.settings = settings;
    boolean inMemory = MEMORY.equals(name);
    SqliteErrors errors = new SqliteErrors(name);
    String uri = file == null ? MEMORY : file.uri();
    Connections connections = new Connections(name, uri, settings, errors, jdbi);
    if (hold != null) {
      hold.guardWith(connections::openToWatch);
    }
    this.changes =
        new ChangeWatch(name, inMemory ? null : connections::openToWatch, Threads::daemon);
    this.checkpointer =
        writes && !inMemory
            ? new Checkpointer(
                name,
                LogLimits.DEFAULT,
                settings.busyTimeoutMs(),
                connections::openToCheckpoint,
                Threads::daemon)
            : null;
    CallServer calls =
        new CallServer(
            onSameFile(writes ? () -> openCall(connections) : connections::openReadOnly),
            identity(),
            errors,
            settings.clock(),
            callbacks,
            this,
            changes::committed);
    Line line = new Line();
    this.writeServer = writes ? writeServer(connections, errors, calls, line) : null;
    this.writer =
        writeServer == null
            ? null
            : executor("belay-writer", line, List.of(held(writeServer, true)));
    if (inMemory) {
      ConnectionExecutor only = Objects.requireNonNull(writer);
      this.readers = only;
      this.looker = only;
      this.caller = only;
      this.executors = List.of(only);
    } else {
      this.readers = readers("belay-reader", settings.readers(), connections, errors);
      this.looker = readers("belay-look", 1, connections, errors);
      this.caller = executor("belay-call", new Line(), List.of(held(calls, false)));
      List<ConnectionExecutor> all = new ArrayList<>(List.of(caller, looker, readers));
      if (writer != null) {
        all.add(writer); // the last to leave the file, so that it can clear the log
      }
      this.executors = List.copyOf(all);
    }
    this.backup =
        inMemory
            ? new Backup(name, null, settings, new MemoryCopy(this))
            : new Backup(
                name,
                Path.of(name),
                settings,
                new PageCopy(() -> openToCopy(connections, writes), writes));
  }

  /** Opens {@code path} for reading and writing; creates and migrates it as needed. */
  public static SqliteStore open(Path path, OpenSettings settings) {
    SqliteFile file = SqliteFile.of(path);
    file.requireWritable();
    Libraries.require(!settings.appMigrations().isEmpty());
    BelayJdbi jdbi = jdbi(file.toString(), settings);
    if (!Files.exists(file.real())) {
      SchemaMigration.requireUsable(file.toString(), settings); // a refusal leaves no file behind
    }
    FileDraft.create(file, settings.ownerOnlyFiles());
    FileNames.requireOne(file, settings);
    FileIdentity.requireWholeLog(file);
    return opened(file, jdbi, settings, true);
  }

  /** Opens a store of its own in memory, which ends with it. */
  public static SqliteStore openInMemory(OpenSettings settings) {
    Libraries.require(!settings.appMigrations().isEmpty());
    SchemaMigration.requireUsable(MEMORY, settings);
    return opened(new SqliteStore(null, null, jdbi(MEMORY, settings), settings, true));
  }

  /** Opens {@code path} for reading. */
  public static SqliteStore openReadOnly(Path path, OpenSettings settings) {
    SqliteFile file = SqliteFile.of(path);
    file.requireReadable();
    Libraries.require(!settings.appMigrations().isEmpty());
    return opened(file, jdbi(file.toString(), settings), settings, false);
  }

  private static BelayJdbi jdbi(String name, OpenSettings settings) {
    return new BelayJdbi(new SqliteErrors(name), settings.jdbi());
  }

  private static SqliteStore opened(
      SqliteFile file, BelayJdbi jdbi, OpenSettings settings, boolean writes) {
    return FileHold.open(
        file,
        settings.clock(),
        hold -> opened(new SqliteStore(file, hold, jdbi, settings, writes)));
  }

  /** Opens the first connection now, so that whoever opens learns what is wrong with the file. */
  private static SqliteStore opened(SqliteStore store) {
    try {
      ConnectionExecutor first = store.writer != null ? store.writer : store.looker;
      first.<@Nullable Object>run(store.waiting(Request.Kind.READ, tx -> null), false);
      if (store.hold != null) {
        store.hold.openGuard();
      }
      return store;
    } catch (Throwable e) {
      store.close();
      throw e;
    }
  }

  private WriteServer writeServer(
      Connections connections, SqliteErrors errors, CallServer calls, Line line) {
    LockWait lockWait =
        new LockWait(
            name,
            TimeUnit.MILLISECONDS.toNanos(settings.busyTimeoutMs()),
            line,
            callbacks,
            () ->
                calls.isCalling() ? "a body of TxRunner.call, which holds the file's lock" : null);
    return new WriteServer(
        onSameFile(connections::openWriting),
        identity(),
        errors,
        lockWait,
        callbacks,
        changes,
        checkpointer,
        this,
        settings);
  }

  private ConnectionExecutor readers(
      String threads, int places, Connections connections, SqliteErrors errors) {
    ConnectionOpener opener =
        onSameFile(writer == null ? connections::openReadOnly : connections::openReading);
    return executor(
        threads,
        new Line(),
        Stream.generate(
                () ->
                    held(
                        new ReadServer(
                            opener, identity(), errors, settings.clock(), callbacks, this),
                        false))
            .limit(places)
            .toList());
  }

  private ConnectionExecutor executor(
      String threads, Line line, List<? extends ConnectionExecutor.Server> servers) {
    return new ConnectionExecutor(
        threads, name, line, servers, callbacks, settings.busyTimeoutMs());
  }

  private BoundConnection openCall(Connections connections) {
    Checkpointer checkpoints = checkpointer;
    return connections.openCall(
        new CallWait(
            settings.busyTimeoutMs(), () -> checkpoints != null && checkpoints.keepsWriters()));
  }

  /** As {@code opener}, which opens what has the name: it fails if that is another file by now. */
  private ConnectionOpener onSameFile(ConnectionOpener opener) {
    return () -> {
      BoundConnection opened = opener.open();
      try {
        FileIdentity.require(identity());
        return opened;
      } catch (Throwable e) {
        opened.close();
        throw e;
      }
    };
  }

  private SQLiteConnection openToCopy(Connections connections, boolean writes) throws SQLException {
    SQLiteConnection opened = connections.openToCopy(writes);
    try (Statement statement = opened.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
      row.next(); // now it has its log too
      FileIdentity.require(identity());
      return opened;
    } catch (Throwable e) {
      opened.close();
      throw e;
    }
  }

  private @Nullable FileIdentity identity() {
    return hold == null ? null : hold.identity();
  }

  private ConnectionExecutor.Server held(ConnectionExecutor.Server server, boolean writes) {
    return hold == null ? server : hold.holding(server, writes);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(TxBody<T, X> body) throws X {
    return caller.run(this.<T>waiting(Request.Kind.CALL, body), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X {
    return readers.run(this.<T>waiting(Request.Kind.READ, body), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T look(TxBody<T, X> body) throws X {
    return looker.run(this.<T>waiting(Request.Kind.READ, body), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X {
    return writing().run(this.<T>waiting(Request.Kind.WRITE, body), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verb(TxBody<T, X> body) throws X {
    return writing().run(this.<T>waiting(Request.Kind.VERB, body), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verbFirst(TxBody<T, X> body) throws X {
    return writing().run(this.<T>waiting(Request.Kind.VERB, body), true);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> verbFirstAsync(
      TxBody<T, ?> body, Executor completions) {
    return submit(writing(), Request.Kind.VERB, body, completions, true);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T writeFlow(TxBody<TxOutcome<T>, X> body)
      throws X {
    return writing().run(this.<T>waiting(Request.Kind.WRITE_FLOW, body), false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> callAsync(TxBody<T, ?> body) {
    return submit(caller, Request.Kind.CALL, body, null, false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> readAsync(TxBody<T, ?> body) {
    return submit(readers, Request.Kind.READ, body, null, false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeAsync(TxBody<T, ?> body) {
    return submit(writing(), Request.Kind.WRITE, body, null, false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeFlowAsync(
      TxBody<TxOutcome<T>, ?> body) {
    return submit(writing(), Request.Kind.WRITE_FLOW, body, null, false);
  }

  private <T extends @Nullable Object> Request<T> waiting(Request.Kind kind, TxBody<?, ?> body) {
    return Request.waiting(name, kind, checked(body));
  }

  private <T extends @Nullable Object> CompletableFuture<T> submit(
      ConnectionExecutor executor,
      Request.Kind kind,
      TxBody<?, ?> body,
      @Nullable Executor completions,
      boolean first) {
    callbacks.ensureStarted(); // or nobody could complete the future
    CompletableFuture<T> future = new CompletableFuture<>();
    executor.submit(Request.async(name, kind, checked(body), future, completions), first);
    return future;
  }

  @Override
  public <T extends @Nullable Object> T all(Tx tx, String verb, Function<Tx, T> steps) {
    TxCheck.writing(tx, this, verb);
    return writes().bodyTx().all(tx, steps);
  }

  /** The server behind a Tx that may write, which says what the current thread runs. */
  private WriteServer writes() {
    return Objects.requireNonNull(writeServer);
  }

  @Override
  public void signalAfterCommit(Tx tx, Runnable signal) {
    writes().bodyTx().signalAfterCommit(signal);
  }

  @Override
  public InstantSource clock() {
    return settings.clock();
  }

  @Override
  public Watch watch(Runnable changed) {
    return changes.watch(changed);
  }

  @Override
  public void backup(Path target, BackupProgress progress) {
    requireOutsideBody("backup");
    backup.run(target, progress);
  }

  @Override
  public Executor callbacks() {
    return callbacks;
  }

  @Override
  public Thread daemon(String name, Runnable task) {
    return Threads.daemon(name, task);
  }

  @Override
  public void warn(String message, Throwable failure) {
    SafeLog.log(Level.WARNING, message, failure);
  }

  /**
   * Refuses new work, runs what was submitted before, in order, for at most the busy timeout; what
   * is left fails with {@link dev.belay.store.StoreClosedException} and has done nothing. Then
   * moves the log into the database and closes it. Doing it again has no effect.
   *
   * @throws IllegalStateException from inside a body
   */
  @Override
  public void close() {
    close(() -> {});
  }

  /**
   * As {@link #close()}.
   *
   * @param last run once what was submitted before has run, while {@link #verbFirstAsync} is still
   *     taken; it does not wait and never throws
   */
  public void close(Runnable last) {
    requireOutsideBody("close");
    long deadline = ConnectionExecutor.deadlineIn(settings.busyTimeoutMs());
    executors.forEach(ConnectionExecutor::refuse);
    boolean patient = settles(deadline);
    last.run();
    patient = patient && settles(deadline);
    changes.close();
    backup.close(deadline);
    if (checkpointer != null) {
      checkpointer.close();
    }
    try {
      closeAll(executors.iterator());
    } finally {
      callbacks.retire();
      if (hold != null) {
        hold.close();
      }
      if (!patient) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Waits until what was accepted has run, and what follows from it: hooks and futures of
   * acknowledged commits may write too. False after an interrupt, which ends the waiting.
   */
  private boolean settles(long deadline) {
    boolean quiet = false;
    while (!quiet && System.nanoTime() - deadline < 0) {
      quiet = true;
      for (ConnectionExecutor executor : executors) {
        try {
          quiet &= executor.awaitIdle(deadline);
        } catch (InterruptedException e) {
          return false;
        }
      }
      quiet &= callbacks.awaitQuiet(deadline);
      if (Thread.interrupted()) {
        return false;
      }
      quiet &= executors.stream().noneMatch(ConnectionExecutor::isAwaited);
    }
    return true;
  }

  private static void closeAll(Iterator<ConnectionExecutor> rest) {
    if (rest.hasNext()) {
      try {
        rest.next().close();
      } finally {
        closeAll(rest);
      }
    }
  }

  /** Whether the current thread runs callbacks of this store. */
  public boolean isCallbackThread() {
    return callbacks.isCallbackThread();
  }

  private ConnectionExecutor writing() {
    requireOutsideBody("a writing verb of TxRunner");
    if (writer == null) {
      throw new StoreReadOnlyException(name + ": the store was opened for reading", null);
    }
    return writer;
  }

  private <B> B checked(B body) {
    Objects.requireNonNull(body, "body");
    requireOutsideBody("a verb of TxRunner, or of a facade without a Tx,");
    return body;
  }

  /**
   * A body that waited for the connection it runs on would wait for ever.
   *
   * @throws IllegalStateException if the current thread runs a body of this store
   */
  public void requireOutsideBody(String verb) {
    if (executors.stream().anyMatch(ConnectionExecutor::isOwnedByCurrentThread)) {
      throw new IllegalStateException(
          verb + " was called inside a body; inside one, use the overload that takes the Tx");
    }
  }

  @Override
  public String toString() {
    return "SqliteStore[" + name + "]";
  }
}
