package dev.belay.engine.jdbc;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.RequestKind;
import dev.belay.store.BelayObserver;
import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Tx} of one run of a body. Belongs to the thread that runs the body and, after the
 * body, to the thread that runs its callbacks.
 */
public final class BodyTx implements Tx, LiveBody {
  private final BoundConnection connection;
  private final StoreEngine runner;
  private final Instant now;
  private final boolean writable;
  private final Thread thread = Thread.currentThread();
  private final List<Runnable> hooks = new ArrayList<>(0);
  private final List<Signal> signals = new ArrayList<>(0);

  private @Nullable List<Report> reports;
  private @Nullable Handle handle;
  private boolean handleMayHaveCallbacks;
  private UnaryOperator<Runnable> jdbiContext = UnaryOperator.identity();
  private boolean ended;
  private boolean finishing;
  private boolean handedOver;

  private BodyTx(BoundConnection connection, StoreEngine runner, Instant now, boolean writable) {
    this.connection = connection;
    this.runner = runner;
    this.now = now;
    this.writable = writable;
  }

  /** For a body that may write. */
  public static BodyTx writing(BoundConnection connection, StoreEngine runner, Instant now) {
    return new BodyTx(connection, runner, now, true);
  }

  /** For a body that only reads, or commits by itself. */
  public static BodyTx reading(BoundConnection connection, StoreEngine runner, Instant now) {
    return new BodyTx(connection, runner, now, false);
  }

  /** For a transaction of the host, which ends by itself; {@code connection} is not used before. */
  public static BodyTx joined(BoundConnection connection, StoreEngine runner, Instant now) {
    BodyTx tx = writing(connection, runner, now);
    connection.bodyStarts(tx, RequestKind.WRITE);
    return tx;
  }

  /** Ends a joined Tx as the host has ended its transaction. */
  public void joinedEnded(StoreEngine.Event reached, Callbacks callbacks) {
    end();
    signal(reached);
    finish(reached, callbacks);
    reports(reached).forEach(report -> report.accept(runner.observer()));
  }

  /** Returns the time of {@code clock} as bodies see it: in whole milliseconds, as it is stored. */
  public static Instant instantOf(InstantSource clock) {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public Handle handle() {
    requireUsable();
    if (handle == null) {
      handle = connection.openHandle(this);
    }
    return handle;
  }

  @Override
  public <D> D attach(Class<D> sqlObject) {
    requireUsable();
    return connection.attach(sqlObject);
  }

  @Override
  public Instant now() {
    requireUsable();
    return now;
  }

  @Override
  public void afterCommit(Runnable hook) {
    Objects.requireNonNull(hook, "hook");
    requireUsable();
    if (!writable) {
      throw new IllegalStateException("afterCommit in a body that commits nothing");
    }
    boolean isUsers = connection.transaction().body().isUsers();
    hooks.add(isUsers ? runner.context().apply(hook) : hook);
  }

  /**
   * Runs a writing verb of Belay, all or nothing. If it throws after its first write, nothing of
   * the whole body is committed.
   */
  public <T extends @Nullable Object> T all(Tx asGiven, Function<Tx, T> steps) {
    requireAlive();
    int writesBefore = connection.transaction().body().writes();
    try {
      return steps.apply(asGiven);
    } catch (Throwable e) {
      if (connection.transaction().body().writes() != writesBefore) {
        connection.edge().spoil(e);
      }
      throw e;
    }
  }

  /** Returns the connection that the body runs on. */
  public BoundConnection connection() {
    requireAlive();
    return connection;
  }

  /** As {@link StoreEngine#signal}. */
  public void signal(StoreEngine.Event event, Runnable signal) {
    requireAlive();
    signals.add(new Signal(event, signal));
  }

  private record Signal(StoreEngine.Event event, Runnable task) {}

  /** As {@link StoreEngine#tell}. */
  public void tell(StoreEngine.Event event, Consumer<BelayObserver> report) {
    requireAlive();
    if (reports == null) {
      reports = new ArrayList<>();
    }
    reports.add(new Report(event, report));
  }

  /**
   * Returns what the observer is notified of after {@code reached}: everything if that is the
   * commit, otherwise what waits for the outcome alone.
   */
  List<Consumer<BelayObserver>> reports(StoreEngine.Event reached) {
    return reports == null
        ? List.of()
        : reports.stream()
            .filter(report -> report.event().isIn(reached))
            .map(Report::report)
            .toList();
  }

  private record Report(StoreEngine.Event event, Consumer<BelayObserver> report) {}

  @Override
  public boolean writable() {
    requireUsable();
    return writable;
  }

  @Override
  public TxRunner runner() {
    return runner;
  }

  /** Returns whether the current thread runs the body. */
  public boolean isOfCurrentThread() {
    return Thread.currentThread() == thread;
  }

  /** Ends this object together with the body. */
  void end() {
    ended = true;
  }

  @Override
  public boolean isInTransaction() {
    if (!ended && !handleMayHaveCallbacks) {
      jdbiContext = runner.context();
    }
    handleMayHaveCallbacks = true;
    return !ended && connection.transaction().isOpen();
  }

  @Override
  public boolean isFinishing() {
    return finishing;
  }

  /** Runs the signals that wait for {@code reached}, before the caller is answered. */
  void signal(StoreEngine.Event reached) {
    for (Signal signal : signals) {
      if (signal.event().isIn(reached)) {
        Reports.runQuietly(signal.task());
      }
    }
    signals.clear();
  }

  /**
   * Submits the callbacks of the body to a callback thread, where they run one after another, and
   * closes the body's handle. After a commit these are all callbacks; otherwise only those
   * registered through JDBI. A second call after a failure continues where the first one failed.
   */
  void finish(StoreEngine.Event reached, Callbacks callbacks) {
    boolean committed = reached == StoreEngine.Event.COMMIT;
    connection.faults().reach(FaultPoints.Point.TELLS);
    boolean jdbiCallbacks = handle != null && handleMayHaveCallbacks;
    if (!handedOver && (jdbiCallbacks || (committed && !hooks.isEmpty()))) {
      callbacks.execute(() -> runCallbacks(committed));
      handedOver = true;
    }
    if (!jdbiCallbacks) {
      closeHandle();
    }
  }

  private void runCallbacks(boolean committed) {
    if (committed) {
      hooks.forEach(Reports::runQuietly);
    }
    Handle opened = handle;
    if (opened != null && handleMayHaveCallbacks) {
      finishing = true;
      Reports.runQuietly(jdbiContext.apply(committed ? opened::commit : opened::rollback));
      closeHandle();
    }
  }

  private void closeHandle() {
    Handle opened = handle;
    if (opened != null && !opened.isClosed()) {
      Reports.runQuietly(opened::close); // a clean-up that the body registered changes no outcome
    }
  }

  private void requireUsable() {
    requireAlive();
    connection.driver().requireTransaction();
  }

  @Override
  public void requireAlive() {
    if (ended || Thread.currentThread() != thread) {
      throw new IllegalStateException("a Tx was used outside its body or on another thread");
    }
  }
}
