package dev.belay.sqlite;

import dev.belay.engine.EngineFacts;
import dev.belay.engine.Registration;
import dev.belay.engine.TxCheck;
import dev.belay.engine.jdbc.BelayJdbi;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.CallerContext;
import dev.belay.engine.line.ConnectionExecutor;
import dev.belay.engine.line.ExecutorSet;
import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.GuardedObserver;
import dev.belay.engine.line.RequestKind;
import dev.belay.engine.line.RequestStore;
import dev.belay.engine.line.Requests;
import dev.belay.engine.line.Threads;
import dev.belay.store.BackupProgress;
import dev.belay.store.BelayObserver;
import dev.belay.store.Finding;
import dev.belay.store.Tx;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A store in one SQLite file, or in memory. Safe for use by many threads. */
final class SqliteStore extends RequestStore {
  static final String MEMORY = ":memory:";

  private final String name;
  private final @Nullable FileHold hold;
  private final @Nullable Path wal;
  private final OpenSettings settings;
  private final GuardedObserver observer;
  private final CallerContext context;
  private final Callbacks callbacks = new Callbacks();
  private final ChangeWatch changes;
  private final @Nullable Checkpointer checkpointer;
  private final StoreExecutors executors;
  private final Requests requests;
  private final Backup backup;
  private final FileCheck check;

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
    this.check = new FileCheck(parts, this);
    this.wal = file == null ? null : file.wal();
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
  protected Requests requests() {
    return requests;
  }

  @Override
  protected ExecutorSet executors() {
    return executors.all();
  }

  @Override
  protected ConnectionExecutor executor(RequestKind kind) {
    return switch (kind) {
      case CALL -> executors.caller();
      case READ -> executors.readers();
      case LOOK -> executors.looker();
      case WRITE, WRITE_FLOW, VERB, VERB_FIRST -> executors.requireWriter();
    };
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
  public EngineFacts facts() {
    try {
      return look(tx -> FileFacts.of(tx.handle().getConnection(), name, wal));
    } catch (SQLException e) {
      throw new SqliteFailures(name).operating("reading", e);
    }
  }

  @Override
  public void check(Finding.Scope scope, Consumer<Finding> to) {
    check.run(scope, to);
  }

  @Override
  public void tell(Tx tx, Event event, Consumer<BelayObserver> report) {
    executors.writeRunner().bodyTx().tell(event, report);
  }

  @Override
  public void close(Runnable last) {
    requireOutsideBody("close");
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.busyTimeoutMs());
    executors.all().refuse();
    boolean patient = executors.all().settle(deadline);
    last.run();
    patient = patient && executors.all().settle(deadline);
    changes.close();
    backup.close(deadline);
    check.close(deadline);
    if (checkpointer != null) {
      checkpointer.close();
    }
    try {
      executors.all().close();
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
  public String toString() {
    return "SqliteStore[" + name + "]";
  }
}
