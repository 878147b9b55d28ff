package dev.belay.sqlite;

import dev.belay.engine.Registration;
import dev.belay.engine.StoreEngine;
import dev.belay.engine.TxCheck;
import dev.belay.store.BackupProgress;
import dev.belay.store.BelayObserver;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxOutcome;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store in one SQLite file, or in memory. Safe for use by many threads. */
final class SqliteStore implements StoreEngine {
  static final String MEMORY = ":memory:";

  private final String name;
  private final @Nullable FileHold hold;
  private final OpenSettings settings;
  private final GuardedObserver observer;
  private final CallerContext context;
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
    this.context = new CallerContext(settings.context());
    this.observer = GuardedObserver.ofStore(settings.observer());
    boolean inMemory = MEMORY.equals(name);
    SqliteFailures errors = new SqliteFailures(name);
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
            ? Checkpointer.beside(name, settings, connections, observer.checkpoints(callbacks))
            : null;
    StoreParts parts =
        new StoreParts(
            name, hold, settings, errors, connections, callbacks, changes, checkpointer, faults);
    this.executors = new StoreExecutors(parts, this, writes);
    this.backup = Backup.of(parts, this, writes);
  }

  /** Opens the first connection now, so that whoever opens learns what is wrong with the file. */
  SqliteStore opened() {
    try {
      ConnectionExecutor writer = executors.writer();
      ConnectionExecutor first = writer != null ? writer : executors.looker();
      first.<@Nullable Object>run(waiting(RequestKind.LOOK, tx -> null, false), false);
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
    return executors.caller().run(this.<T>waiting(RequestKind.CALL, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X {
    return executors.readers().run(this.<T>waiting(RequestKind.READ, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T look(TxBody<T, X> body) throws X {
    return executors.looker().run(this.<T>waiting(RequestKind.LOOK, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X {
    return executors.requireWriter().run(this.<T>waiting(RequestKind.WRITE, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verb(TxBody<T, X> body) throws X {
    return executors.requireWriter().run(this.<T>waiting(RequestKind.VERB, body, false), false);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verbFirst(TxBody<T, X> body) throws X {
    return executors.requireWriter().run(this.<T>waiting(RequestKind.VERB, body, true), true);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> verbFirstAsync(
      TxBody<T, ?> body, Executor completions) {
    return submit(executors.requireWriter(), RequestKind.VERB, body, completions, true);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T writeFlow(TxBody<TxOutcome<T>, X> body)
      throws X {
    return executors
        .requireWriter()
        .run(this.<T>waiting(RequestKind.WRITE_FLOW, body, false), false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> callAsync(TxBody<T, ?> body) {
    return submit(executors.caller(), RequestKind.CALL, body, null, false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> readAsync(TxBody<T, ?> body) {
    return submit(executors.readers(), RequestKind.READ, body, null, false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeAsync(TxBody<T, ?> body) {
    return submit(executors.requireWriter(), RequestKind.WRITE, body, null, false);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeFlowAsync(
      TxBody<TxOutcome<T>, ?> body) {
    return submit(executors.requireWriter(), RequestKind.WRITE_FLOW, body, null, false);
  }

  private <T extends @Nullable Object> Request<T> waiting(
      RequestKind kind, TxBody<?, ?> body, boolean first) {
    return Request.waiting(name, kind, checked(body), caller(kind, first));
  }

  private Caller caller(RequestKind kind, boolean first) {
    return new Caller(context, observer.notes(kind, first));
  }

  private <T extends @Nullable Object> CompletableFuture<T> submit(
      ConnectionExecutor executor,
      RequestKind kind,
      TxBody<?, ?> body,
      @Nullable Executor completions,
      boolean first) {
    callbacks.ensureStarted(); // or nobody could complete the future
    CompletableFuture<T> future = new CompletableFuture<>();
    Caller caller = caller(kind, first);
    executor.submit(Request.async(name, kind, checked(body), caller, future, completions), first);
    return future;
  }

  @Override
  public <T extends @Nullable Object> T all(Tx tx, String verb, Function<Tx, T> steps) {
    TxCheck.writing(tx, this, verb);
    return executors.writeRunner().bodyTx().all(tx, steps);
  }

  @Override
  public void signalAfterCommit(Tx tx, Runnable signal) {
    executors.writeRunner().bodyTx().signalAfterCommit(signal);
  }

  @Override
  public int shrink(int pagesMax) {
    return verb(
        tx -> ConnectionState.shrink(executors.writeRunner().bodyTx().connection(), pagesMax));
  }

  @Override
  public InstantSource clock() {
    return settings.clock();
  }

  @Override
  public Registration watch(Runnable changed) {
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
  public UnaryOperator<Runnable> context() {
    return context.ofCurrentThread();
  }

  @Override
  public boolean isObserved() {
    return observer.wantsAll();
  }

  @Override
  public void tell(Tx tx, boolean evenIfUndone, Consumer<BelayObserver> event) {
    executors.writeRunner().bodyTx().tell(evenIfUndone, event);
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
