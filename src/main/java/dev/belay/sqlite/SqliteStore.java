package dev.belay.sqlite;

import dev.belay.store.StoreEngine;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.TxBody;
import dev.belay.store.TxOutcome;
import dev.belay.store.Watch;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A store in one SQLite file, or in memory. Safe for use by many threads.
 *
 * <p>One connection writes and another reads beside it, each behind its {@link ConnectionExecutor};
 * in memory there is only the one that writes, and in a store opened for reading only the other.
 */
public final class SqliteStore implements StoreEngine, AutoCloseable {
  private static final String MEMORY = ":memory:";

  private final String name;
  private final OpenSettings settings;
  private final Callbacks callbacks = new Callbacks();
  private final ChangeWatch changes;
  private final @Nullable Checkpointer checkpointer;
  private final @Nullable ConnectionExecutor writer;
  private final ConnectionExecutor reader;

  private SqliteStore(String name, OpenSettings settings, boolean writes, boolean readsBeside) {
    this.name = name;
    this.settings = settings;
    SqliteErrors errors = new SqliteErrors(name);
    String uri = MEMORY.equals(name) ? MEMORY : SqliteFile.of(Path.of(name)).uri();
    BelayJdbi jdbi = new BelayJdbi(errors, settings.jdbi());
    Connections connections = new Connections(name, uri, settings, errors, jdbi);
    this.changes =
        new ChangeWatch(
            name, MEMORY.equals(name) ? null : connections::openToWatch, Threads::daemon);
    this.checkpointer =
        writes && readsBeside
            ? new Checkpointer(
                name,
                LogLimits.DEFAULT,
                settings.busyTimeoutMs(),
                connections::openToCheckpoint,
                Threads::daemon)
            : null;
    this.writer = writes ? writer(connections, errors) : null;
    this.reader = readsBeside || writer == null ? reader(connections, errors) : writer;
  }

  /** Opens {@code path} for reading and writing; creates and migrates it as needed. */
  public static SqliteStore open(Path path, OpenSettings settings) {
    SqliteFile file = SqliteFile.of(path);
    file.requireUsable(false);
    if (settings.ownerOnlyFiles()) {
      file.createForOwner();
    }
    return opened(new SqliteStore(file.toString(), settings, true, true));
  }

  /** Opens a store of its own in memory, which ends with it. */
  public static SqliteStore openInMemory(OpenSettings settings) {
    return opened(new SqliteStore(MEMORY, settings, true, false));
  }

  /** Opens {@code path} for reading. */
  public static SqliteStore openReadOnly(Path path, OpenSettings settings) {
    SqliteFile file = SqliteFile.of(path);
    file.requireUsable(true);
    return opened(new SqliteStore(file.toString(), settings, false, true));
  }

  /** Opens the first connection now, so that whoever opens learns what is wrong with the file. */
  private static SqliteStore opened(SqliteStore store) {
    try {
      store.<@Nullable Object, RuntimeException>call(tx -> null);
      return store;
    } catch (Throwable e) {
      store.close();
      throw e;
    }
  }

  private ConnectionExecutor writer(Connections connections, SqliteErrors errors) {
    Line line = new Line();
    LockWait lockWait =
        new LockWait(
            name, TimeUnit.MILLISECONDS.toNanos(settings.busyTimeoutMs()), line, callbacks);
    WriteServer server =
        new WriteServer(
            connections::openWriting,
            errors,
            lockWait,
            callbacks,
            changes,
            checkpointer,
            this,
            settings);
    return new ConnectionExecutor("belay-writer", name, line, server, callbacks);
  }

  private ConnectionExecutor reader(Connections connections, SqliteErrors errors) {
    ReadServer server =
        new ReadServer(
            writer == null ? connections::openReadOnly : connections::openReading,
            errors,
            settings.clock(),
            callbacks,
            this);
    return new ConnectionExecutor("belay-reader", name, new Line(), server, callbacks);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(TxBody<T, X> body) throws X {
    return caller().run(Request.<T>waiting(Request.Kind.CALL, checked(body)), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X {
    return reader.run(Request.<T>waiting(Request.Kind.READ, checked(body)), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X {
    return writing().run(Request.<T>waiting(Request.Kind.WRITE, checked(body)), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T writeFirst(TxBody<T, X> body)
      throws X {
    return writing().run(Request.<T>waiting(Request.Kind.WRITE, checked(body)), true);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeFirstAsync(
      TxBody<T, ?> body, Executor completions) {
    CompletableFuture<T> future = new CompletableFuture<>();
    writing().submit(Request.async(Request.Kind.WRITE, checked(body), future, completions), true);
    return future;
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T writeFlow(TxBody<TxOutcome<T>, X> body)
      throws X {
    return writing().run(Request.<T>waiting(Request.Kind.WRITE_FLOW, checked(body)), false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> callAsync(TxBody<T, ?> body) {
    return submit(caller(), Request.Kind.CALL, body);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> readAsync(TxBody<T, ?> body) {
    return submit(reader, Request.Kind.READ, body);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeAsync(TxBody<T, ?> body) {
    return submit(writing(), Request.Kind.WRITE, body);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeFlowAsync(
      TxBody<TxOutcome<T>, ?> body) {
    return submit(writing(), Request.Kind.WRITE_FLOW, body);
  }

  private <T extends @Nullable Object> CompletableFuture<T> submit(
      ConnectionExecutor executor, Request.Kind kind, TxBody<?, ?> body) {
    CompletableFuture<T> future = new CompletableFuture<>();
    executor.submit(Request.async(kind, checked(body), future, null), false);
    return future;
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
   * @param last run once what was submitted before has run, while {@link #writeFirstAsync} is still
   *     taken; it does not wait and never throws
   */
  public void close(Runnable last) {
    requireOutsideBody("close");
    long deadline = ConnectionExecutor.deadlineIn(settings.busyTimeoutMs());
    if (writer != null) {
      writer.refuse();
    }
    reader.refuse();
    changes.close();
    if (checkpointer != null) {
      checkpointer.close();
    }
    reader.drain(deadline);
    if (writer != null) {
      writer.drain(deadline);
    }
    boolean unused = callbacks.awaitQuiet(deadline); // what does not end has its requests refused
    last.run();
    // the reader first, so that the writer is the last to leave the file and can clear the log
    try {
      if (reader != writer) {
        reader.close(deadline);
      }
    } finally {
      if (writer != null) {
        writer.close(deadline);
      }
      callbacks.retire();
    }
  }

  /** Whether the current thread runs callbacks of this store. */
  public boolean isCallbackThread() {
    return callbacks.isCallbackThread();
  }

  private ConnectionExecutor caller() {
    return writer != null ? writer : reader;
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
    if (reader.isOwnedByCurrentThread() || (writer != null && writer.isOwnedByCurrentThread())) {
      throw new IllegalStateException(
          verb + " was called inside a body; inside one, use the overload that takes the Tx");
    }
  }

  @Override
  public String toString() {
    return "SqliteStore[" + name + "]";
  }
}
