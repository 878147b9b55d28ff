package dev.belay.postgres;

import dev.belay.engine.EngineFacts;
import dev.belay.engine.EngineOptions;
import dev.belay.engine.GroupVerbs;
import dev.belay.engine.Registration;
import dev.belay.engine.RowLocks;
import dev.belay.engine.TxCheck;
import dev.belay.engine.jdbc.BelayJdbi;
import dev.belay.engine.jdbc.BodyTx;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.CallerContext;
import dev.belay.engine.line.ConnectionExecutor;
import dev.belay.engine.line.ExecutorSet;
import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.GuardedObserver;
import dev.belay.engine.line.RequestKind;
import dev.belay.engine.line.RequestStore;
import dev.belay.engine.line.Requests;
import dev.belay.engine.line.VirtualThreads;
import dev.belay.engine.line.WaitClock;
import dev.belay.store.BackupProgress;
import dev.belay.store.BelayObserver;
import dev.belay.store.Durability;
import dev.belay.store.Finding;
import dev.belay.store.Tx;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A store in one schema of a PostgreSQL database. Safe for use by many threads. */
final class PgStore extends RequestStore {
  /** The number of bodies that write at once, and so of connections that write: 4. */
  static final int WRITERS = 4;

  /** The number of connections for renewals that wait for locks, in turn: 2. */
  static final int LOCKED_RENEWALS = 2;

  private final PgServer server;
  private final int busyTimeoutMs;
  private final PgParts parts;
  private final PgNumbers numbers;
  private final PgWatch changes;
  private final PgJoins joins;
  private final PgGroupVerbs groups;
  private final PgInspection inspection;
  private volatile boolean closing;
  private final PgLocks locks = new PgLocks();
  private final Callbacks callbacks = new Callbacks();
  private final Requests requests;
  private final List<PgRunner> runners = new ArrayList<>();
  private final ConnectionExecutor writers;
  private final ConnectionExecutor renewals;
  private final ConnectionExecutor lockedRenewals;
  private final ConnectionExecutor readers;
  private final ConnectionExecutor looker;
  private final ConnectionExecutor caller;
  private final ExecutorSet executors;

  /**
   * Creates a store whose schema has been migrated, without opening a connection.
   *
   * @param borrowed whether the connections belong to a pool of the host
   */
  PgStore(
      DataSource source,
      PgServer server,
      EngineOptions options,
      int busyTimeoutMs,
      boolean borrowed) {
    this.server = server;
    this.busyTimeoutMs = busyTimeoutMs;
    PgFailures errors = new PgFailures(server.name());
    PgSource connections = source::getConnection;
    this.numbers = new PgNumbers(connections, errors, server.quotedSchema());
    this.changes = new PgWatch(connections, server.name(), server.channel());
    boolean lasting =
        !options.chosen().contains("withDurability")
            || options.durability() == Durability.POWER_LOSS;
    PgBegin begins = PgBegin.of(server.searchPath(), busyTimeoutMs, lasting, borrowed);
    this.parts =
        new PgParts(
            connections,
            errors,
            begins,
            new BelayJdbi(errors, new PgKinds(), new PgDialect(), options.jdbi()),
            callbacks,
            new PgClock(),
            options.chosen().contains("withClock") ? options.clock() : null,
            TimeUnit.MILLISECONDS.toNanos(busyTimeoutMs),
            changes::committed,
            this);
    this.inspection = new PgInspection(server, this);
    this.joins = new PgJoins(parts, server.quotedSchema());
    this.writers = executor("belay-writer", WRITERS, PgRunner::ofBodies);
    this.lockedRenewals =
        executor("belay-locked-renewal", LOCKED_RENEWALS, PgRunner::ofLockedRenewals);
    this.renewals = executor("belay-renewal", 1, own -> PgRunner.ofRenewals(own, lockedRenewals));
    this.readers = executor("belay-reader", options.readers(), PgRunner::ofBodies);
    this.looker = executor("belay-look", 1, PgRunner::ofBodies);
    this.caller = executor("belay-call", 1, PgRunner::ofBodies);
    this.executors =
        new ExecutorSet(
            List.of(caller, looker, readers, renewals, lockedRenewals, writers), callbacks);
    this.groups =
        new PgGroupVerbs(
            parts, numbers, () -> requireOutsideBody("a verb of a facade without a Tx"));
    this.requests =
        new Requests(
            server.name(),
            new CallerContext(options.context().orElse(null)),
            GuardedObserver.ofStore(options.observer().orElse(null)),
            callbacks,
            () -> requireOutsideBody("a verb of TxRunner, or of a facade without a Tx,"));
  }

  private ConnectionExecutor executor(
      String threads, int places, Function<PgParts, PgRunner> runner) {
    List<PgRunner> own = new ArrayList<>(places);
    for (int i = 0; i < places; i++) {
      own.add(runner.apply(parts));
    }
    runners.addAll(own);
    return new ConnectionExecutor(
        threads, server.name(), new WaitClock(), own, callbacks, busyTimeoutMs, FaultPoints.NONE);
  }

  /** Asks the server for its time, on the first connection. Returns this store. */
  PgStore opened() {
    try {
      requests.<@Nullable Object>run(looker, RequestKind.LOOK, tx -> null);
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
    return executors;
  }

  @Override
  protected ConnectionExecutor executor(RequestKind kind) {
    return switch (kind) {
      case CALL -> caller;
      case READ -> readers;
      case LOOK -> looker;
      case VERB_FIRST -> renewals;
      case WRITE, WRITE_FLOW, VERB -> writers;
    };
  }

  @Override
  public Tx join(Connection connection) {
    return joins.join(connection);
  }

  /** Returns the Tx of the body that runs on the current thread, even if the body wrapped it. */
  private BodyTx bodyTx(Tx given) {
    if (given instanceof BodyTx own) {
      return own;
    }
    for (PgRunner runner : runners) {
      BodyTx tx = runner.bodyTx();
      if (tx != null && tx.isOfCurrentThread()) {
        return tx;
      }
    }
    throw new IllegalStateException("no body runs that may write");
  }

  @Override
  public <T extends @Nullable Object> T all(Tx tx, String verb, Function<Tx, T> steps) {
    TxCheck.writing(tx, this, verb);
    PgHostTransaction host = joins.transactionOf(tx);
    return host == null ? bodyTx(tx).all(tx, steps) : host.inSavepoint(() -> steps.apply(tx));
  }

  @Override
  public void signal(Tx tx, Event event, Runnable signal) {
    bodyTx(tx).signal(event, signal);
  }

  @Override
  public void tell(Tx tx, Event event, Consumer<BelayObserver> report) {
    bodyTx(tx).tell(event, report);
  }

  /**
   * With an observer each verb is a body of its own, which tells what it did. An interrupted caller
   * is refused by its body. A virtual thread never sends for others: the JDK closes the socket of
   * one that is interrupted.
   */
  @Override
  public GroupVerbs groups() {
    boolean none =
        closing
            || isObserved()
            || Thread.currentThread().isInterrupted()
            || VirtualThreads.isCurrent();
    return none ? GroupVerbs.NONE : groups;
  }

  @Override
  public RowLocks locks() {
    return locks;
  }

  @Override
  public OptionalLong newNumbers(Tx tx, int count, long after) {
    return OptionalLong.of(numbers.take(count, after, tx.now().toEpochMilli()));
  }

  @Override
  public InstantSource clock() {
    return parts.clock();
  }

  @Override
  public Registration watch(Runnable changed) {
    return changes.watch(changed);
  }

  @Override
  public int shrink(int pagesMax) {
    return 0; // autovacuum keeps what is free for the next rows
  }

  @Override
  public EngineFacts facts() {
    return inspection.facts();
  }

  @Override
  public void check(Finding.Scope scope, Consumer<Finding> to) {
    inspection.check(scope, to);
  }

  @Override
  public void backup(Path target, BackupProgress progress) {
    throw new UnsupportedOperationException(
        server.name() + ": a store on PostgreSQL is backed up with the server's own tools");
  }

  @Override
  public void close(Runnable last) {
    requireOutsideBody("close");
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(busyTimeoutMs);
    closing = true;
    executors.refuse();
    boolean patient = groups.settle(deadline) && executors.settle(deadline);
    last.run();
    patient = patient && executors.settle(deadline);
    changes.close();
    joins.close();
    try {
      executors.close();
    } finally {
      groups.close();
      numbers.close();
      callbacks.retire();
      if (!patient) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public String toString() {
    return "PgStore[" + server.name() + "]";
  }
}
