package dev.belay.sqlite;

import dev.belay.store.BackupProgress;
import dev.belay.store.BelayObserver;
import dev.belay.store.StoreEngine;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxCheck;
import dev.belay.store.TxOutcome;
import dev.belay.store.Watch;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A store in one SQLite file, or in memory. Safe for use by many threads. */
final class SqliteStore implements StoreEngine {
  static final String MEMORY = ":memory:";

  private final String name;
  private final @Nullable FileHold hold;
  private final OpenSettings settings;
  private final GuardedObserver observer;
  private final Callbacks callbacks = new Callbacks();
  private final ChangeWatch changes;
  private final @Nullable Checkpointer checkpointer;
  private final StoreExecutors executors;
  private final Backup backup;

  /** In memory if there is neither a file nor a hold on it. */
  SqliteStore(
      @Nullable SqliteFile file,
      @Nullable FileHold hold,
      BelayJdbi jdbi,
      OpenSettings settings,
      boolean writes,
      FaultPoints faults) {
    this.name = file == null ? MEMORY : file.toString();
    this.hold = hold;
    this.settings = settings;
    this.observer = GuardedObserver.ofStore(settings.observer());
    boolean inMemory = MEMORY.equals(name);
    SqliteErrors errors = new SqliteErrors(name);
    Connections connections =
        new Connections(name, file == null ? MEMORY : file.uri(), settings, errors, jdbi, faults);
    if (hold != null) {
      hold.guardWith(connections::openToWatch);
    }
    this.changes =
        new ChangeWatch(
            name,
            inMemory ? null : connections::openToWatch,
            Threads::daemon,
            () -> hold != null && hold.identity().isReplaced());
    this.checkpointer =
        writes && !inMemory
            ? new Checkpointer(
                name,
                LogLimits.DEFAULT,
                settings.busyTimeoutMs(),
                connections::openToCheckpoint,
                Threads::daemon,
                observer.checkpoints(callbacks))
            : null;
    StoreParts parts =
        new StoreParts(
            name, hold, settings, errors, connections, callbacks, changes, checkpointer, faults);
    this.executors = new StoreExecutors(parts, this, writes);
    this.backup =
        inMemory
            ? new Backup(name, null, settings, new MemoryCopy(this))
            : new Backup(
                name,
                Path.of(name),
                settings,
                new PageCopy(() -> parts.openToCopy(writes), writes));
  }

  /** Opens the first connection now, so that whoever opens learns what is wrong with the file. */
  SqliteStore opened() {
    try {
      ConnectionExecutor writer = executors.writer();
      ConnectionExecutor first = writer != null ? writer : executors.looker();
      first.<@Nullable Object>run(waiting(Request.Kind.LOOK, tx -> null, false), false);
      if (hold != null) {
        hold.openGuard();
      }
      return this;
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(TxBody<T, X> body) throws X {
    return executors.caller().run(this.<T>waiting(Request.Kind.CALL, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X {
    return executors.readers().run(this.<T>waiting(Request.Kind.READ, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T look(TxBody<T, X> body) throws X {
    return executors.looker().run(this.<T>waiting(Request.Kind.LOOK, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X {
    return writing().run(this.<T>waiting(Request.Kind.WRITE, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verb(TxBody<T, X> body) throws X {
    return writing().run(this.<T>waiting(Request.Kind.VERB, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verbFirst(TxBody<T, X> body) throws X {
    return writing().run(this.<T>waiting(Request.Kind.VERB, body, true), true);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> verbFirstAsync(
      TxBody<T, ?> body, Executor completions) {
    return submit(writing(), Request.Kind.VERB, body, completions, true);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T writeFlow(TxBody<TxOutcome<T>, X> body)
      throws X {
    return writing().run(this.<T>waiting(Request.Kind.WRITE_FLOW, body, false), false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> callAsync(TxBody<T, ?> body) {
    return submit(executors.caller(), Request.Kind.CALL, body, null, false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> readAsync(TxBody<T, ?> body) {
    return submit(executors.readers(), Request.Kind.READ, body, null, false);
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

  private <T extends @Nullable Object> Request<T> waiting(
      Request.Kind kind, TxBody<?, ?> body, boolean first) {
    return Request.waiting(name, kind, checked(body), observer.notes(kind, first));
  }

  private <T extends @Nullable Object> CompletableFuture<T> submit(
      ConnectionExecutor executor,
      Request.Kind kind,
      TxBody<?, ?> body,
      @Nullable Executor completions,
      boolean first) {
    callbacks.ensureStarted(); // or nobody could complete the future
    CompletableFuture<T> future = new CompletableFuture<>();
    executor.submit(
        Request.async(name, kind, checked(body), future, completions, observer.notes(kind, first)),
        first);
    return future;
  }

  @Override
  public <T extends @Nullable Object> T all(Tx tx, String verb, Function<Tx, T> steps) {
    TxCheck.writing(tx, this, verb);
    return executors.writeServer().bodyTx().all(tx, steps);
  }

  @Override
  public void signalAfterCommit(Tx tx, Runnable signal) {
    executors.writeServer().bodyTx().signalAfterCommit(signal);
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
  public BelayObserver observer() {
    return observer;
  }

  @Override
  public boolean isObserved() {
    return observer.wantsAll();
  }

  @Override
  public void tell(Tx tx, boolean evenIfUndone, Consumer<BelayObserver> event) {
    executors.writeServer().bodyTx().tell(evenIfUndone, event);
  }

  @Override
  public BelayObserver guarded(BelayObserver other) {
    return GuardedObserver.of(other);
  }

  @Override
  public void warn(String message, Throwable failure) {
    SafeLog.log(Level.WARNING, message, failure);
  }

  @Override
  public void close(Runnable last) {
    requireOutsideBody("close");
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.busyTimeoutMs());
    executors.refuse();
    boolean patient = executors.settle(deadline);
    last.run();
    patient = patient && executors.settle(deadline);
    changes.close();
    backup.close(deadline);
    if (checkpointer != null) {
      checkpointer.close();
    }
    try {
      executors.close();
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

  @Override
  public boolean isCallbackThread() {
    return callbacks.isCallbackThread();
  }

  private ConnectionExecutor writing() {
    requireOutsideBody("a writing verb of TxRunner");
    return executors.requireWriter();
  }

  private <B> B checked(B body) {
    Objects.requireNonNull(body, "body");
    requireOutsideBody("a verb of TxRunner, or of a facade without a Tx,");
    return body;
  }

  @Override
  public void requireOutsideBody(String verb) {
    if (executors.isOwnedByCurrentThread()) {
      throw new IllegalStateException(
          verb + " was called inside a body; inside one, use the overload that takes the Tx");
    }
  }

  @Override
  public String toString() {
    return "SqliteStore[" + name + "]";
  }
}
