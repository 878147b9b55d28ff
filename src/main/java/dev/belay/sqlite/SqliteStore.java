package dev.belay.sqlite;

import dev.belay.engine.Registration;
import dev.belay.engine.StoreEngine;
import dev.belay.engine.TxCheck;
import dev.belay.engine.jdbc.BelayJdbi;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.CallerContext;
import dev.belay.engine.line.ConnectionExecutor;
import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.GuardedObserver;
import dev.belay.engine.line.RequestKind;
import dev.belay.engine.line.Requests;
import dev.belay.engine.line.SafeLog;
import dev.belay.engine.line.Threads;
import dev.belay.store.BackupProgress;
import dev.belay.store.BelayObserver;
import dev.belay.store.Tx;
import dev.belay.store.TxBody;
import dev.belay.store.TxOutcome;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
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
  private final Requests requests;
  private final Backup backup;

  /** Creates a store on {@code file}, or in memory if {@code file} and {@code hold} are null. */
  SqliteStore(
      @Nullable SqliteFile file,
      @Nullable FileHold hold,
      BelayJdbi jdbi,
      OpenSettings settings,
      Access access,
      FaultPoints faults) {
    this.name = file == null ? MEMORY : file.toString();
    this.hold = hold;
    this.settings = settings;
    this.context = new CallerContext(settings.options().context().orElse(null));
    this.observer = GuardedObserver.ofStore(settings.options().observer().orElse(null));
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
        access.writes() && !inMemory
            ? Checkpointer.beside(name, settings, connections, observer.checkpoints(callbacks))
            : null;
    StoreParts parts =
        new StoreParts(
            name,
            access,
            hold,
            settings,
            errors,
            connections,
            callbacks,
            changes,
            checkpointer,
            faults);
    this.executors = new StoreExecutors(parts, this);
    this.requests =
        new Requests(
            name,
            context,
            observer,
            callbacks,
            () -> requireOutsideBody("a verb of TxRunner, or of a facade without a Tx,"));
    this.backup = Backup.of(parts, this);
  }

  /**
   * Opens the first connection now, so that the caller that opens the store learns of a problem
   * with the file. Returns this store.
   */
  SqliteStore opened() {
    try {
      ConnectionExecutor writer = executors.writer();
      ConnectionExecutor first = writer != null ? writer : executors.looker();
      requests.<@Nullable Object>run(first, RequestKind.LOOK, tx -> null);
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
    return requests.run(executors.caller(), RequestKind.CALL, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T read(TxBody<T, X> body) throws X {
    return requests.run(executors.readers(), RequestKind.READ, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T look(TxBody<T, X> body) throws X {
    return requests.run(executors.looker(), RequestKind.LOOK, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(TxBody<T, X> body) throws X {
    return requests.run(executors.requireWriter(), RequestKind.WRITE, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verb(TxBody<T, X> body) throws X {
    return requests.run(executors.requireWriter(), RequestKind.VERB, body);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T verbFirst(TxBody<T, X> body) throws X {
    return requests.run(executors.requireWriter(), RequestKind.VERB_FIRST, body);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> verbFirstAsync(
      TxBody<T, ?> body, Executor completions) {
    return requests.submit(executors.requireWriter(), RequestKind.VERB_FIRST, body, completions);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T writeFlow(TxBody<TxOutcome<T>, X> body)
      throws X {
    return requests.run(executors.requireWriter(), RequestKind.WRITE_FLOW, body);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> callAsync(TxBody<T, ?> body) {
    return requests.submit(executors.caller(), RequestKind.CALL, body, null);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> readAsync(TxBody<T, ?> body) {
    return requests.submit(executors.readers(), RequestKind.READ, body, null);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeAsync(TxBody<T, ?> body) {
    return requests.submit(executors.requireWriter(), RequestKind.WRITE, body, null);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> writeFlowAsync(
      TxBody<TxOutcome<T>, ?> body) {
    return requests.submit(executors.requireWriter(), RequestKind.WRITE_FLOW, body, null);
  }

  @Override
  public <T extends @Nullable Object> T all(Tx tx, String verb, Function<Tx, T> steps) {
    TxCheck.writing(tx, this, verb);
    return executors.writeRunner().bodyTx().all(tx, steps);
  }

  @Override
  public void signal(Tx tx, Event event, Runnable signal) {
    executors.writeRunner().bodyTx().signal(event, signal);
  }

  @Override
  public int shrink(int pagesMax) {
    return verb(
        tx -> ConnectionState.shrink(executors.writeRunner().bodyTx().connection(), pagesMax));
  }

  @Override
  public InstantSource clock() {
    return settings.options().clock();
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
  public void tell(Tx tx, Event event, Consumer<BelayObserver> report) {
    executors.writeRunner().bodyTx().tell(event, report);
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
