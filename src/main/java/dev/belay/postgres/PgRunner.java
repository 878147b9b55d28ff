package dev.belay.postgres;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.jdbc.BeginException;
import dev.belay.engine.jdbc.BodyRun;
import dev.belay.engine.jdbc.BodyTx;
import dev.belay.engine.jdbc.BodyVerdict;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.ConnectionTransaction;
import dev.belay.engine.jdbc.CurrentConnection;
import dev.belay.engine.jdbc.TxEnd;
import dev.belay.engine.line.ConnectionExecutor;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.RequestKind;
import dev.belay.engine.line.RequestRunner;
import dev.belay.engine.line.Source;
import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import dev.belay.store.TxOutcome;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Serves the requests of one connection, each in a transaction of its own. Belongs to the thread
 * that owns the connection.
 */
final class PgRunner implements RequestRunner {
  private static final TxOutcome<@Nullable Object> KEEP = TxOutcome.commit(null);
  private static final TxOutcome<@Nullable Object> UNDO = TxOutcome.rollback(null);

  private final PgParts parts;
  private final PgTries tries;
  private final CurrentConnection current;
  private final PgRenewals renewals;
  private @Nullable BodyTx bodyTx;

  /**
   * Creates a runner without a connection.
   *
   * @param takesTurns whether its requests wait for locks in turn, each for a moment
   * @param waits the executor of the renewals that may wait for a lock, if this one is for those
   *     that never do
   */
  private PgRunner(PgParts parts, boolean takesTurns, @Nullable ConnectionExecutor waits) {
    this.parts = parts;
    this.tries = new PgTries(parts, takesTurns, this::isServed);
    this.current = new CurrentConnection(parts::open, parts.errors().store());
    this.renewals = new PgRenewals(parts, current, tries::serve, waits);
  }

  /** Returns a runner of bodies. */
  static PgRunner ofBodies(PgParts parts) {
    return new PgRunner(parts, false, null);
  }

  /** Returns a runner of renewals that never wait; {@code waits} serves those that have to. */
  static PgRunner ofRenewals(PgParts parts, ConnectionExecutor waits) {
    return new PgRunner(parts, false, waits);
  }

  /** Returns a runner of renewals that wait for locks. */
  static PgRunner ofLockedRenewals(PgParts parts) {
    return new PgRunner(parts, true, null);
  }

  @Override
  public void serve(Source source) {
    tries.serve(source, next -> renewals.serve(next, source));
  }

  /** Returns whether the request has its answer. */
  private boolean isServed(Request<?> request, boolean mayRunAgain) {
    boolean served = true;
    try {
      switch (request.kind()) {
        case CALL -> call(request);
        case READ, LOOK -> read(request);
        case WRITE, WRITE_FLOW, VERB, VERB_FIRST -> served = isWritten(request, mayRunAgain);
      }
    } catch (Throwable e) {
      current.discard();
      if (!request.isDone()) {
        request.fail(e, parts.callbacks());
      } else {
        Reports.report(e);
      }
    } finally {
      current.bodyEnds();
      bodyTx = null;
    }
    if (served) {
      request.forgetInterrupt();
    }
    return served;
  }

  /** Returns the Tx of the body that runs; null if none runs that may write. */
  @Nullable BodyTx bodyTx() {
    return bodyTx;
  }

  /** One try. Returns whether the request has its answer. */
  private boolean isWritten(Request<?> request, boolean mayRunAgain) {
    BoundConnection connection;
    try {
      connection = current.get();
    } catch (StoreException e) {
      if (mayRunAgain && PgFailures.isLost(e)) {
        request.again();
        return false;
      }
      throw e;
    }
    PgConnectionDriver driver = (PgConnectionDriver) connection.driver();
    driver.writesBehind(tries.begin(request.kind()));
    BodyRun[] ran = new BodyRun[1];
    TxEnd end;
    try {
      end =
          connection.<TxOutcome<@Nullable Object>>inTransaction(
              PgRunner::begin,
              handle -> {
                ran[0] = run(request, connection, driver);
                return ran[0].verdict().end() == BodyVerdict.End.KEPT ? KEEP : UNDO;
              });
    } catch (BeginException e) {
      current.discard(connection);
      if (mayRunAgain && PgFailures.isConnectionLost(e.failure())) {
        request.again();
        return false;
      }
      request.fail(parts.errors().operating("BEGIN", e.failure()), parts.callbacks());
      return true;
    } catch (Throwable e) {
      rescue(request, connection, ran[0], e);
      return true;
    }
    discardIfBroken(connection, end.isSound());
    return isSettled(ran[0], end, driver.begun(), mayRunAgain);
  }

  private static boolean begin(ConnectionTransaction transaction) throws SQLException {
    transaction.beginWriting();
    return true;
  }

  private BodyRun run(Request<?> request, BoundConnection connection, PgConnectionDriver driver) {
    BodyTx tx = BodyTx.writing(connection, parts.store(), parts.now(driver.begun()));
    bodyTx = tx;
    current.bodyStarts();
    try {
      return BodyRun.of(request, tx, connection);
    } finally {
      current.bodyEnds();
      bodyTx = null;
    }
  }

  private void discardIfBroken(BoundConnection connection, boolean sound) {
    if (connection.edge().isChanged()) {
      ((PgConnectionDriver) connection.driver()).sessionChanged();
    }
    if (!sound || connection.edge().isChanged() || !connection.isUsable()) {
      current.discard(connection);
    }
  }

  private boolean isSettled(BodyRun run, TxEnd end, PgBegin.Begun begun, boolean mayRunAgain) {
    run.sharedBy(1);
    switch (end.state()) {
      case COMMITTED -> committed(run);
      case UNKNOWN -> {
        Boolean lasted = new PgCommitLookup(parts).lasted(begun);
        if (lasted == null) {
          CommitUnknownException unknown = parts.errors().commitUnknown(end.failure());
          run.fail(unknown, parts.callbacks());
        } else if (lasted) {
          committed(run);
        } else if (mayRunAgain) {
          run.again(parts.callbacks());
          return false;
        } else {
          run.fail(parts.errors().commitRefused(end.failure()), parts.callbacks());
        }
      }
      case REFUSED -> {
        if (mayRunAgain && PgFailures.isConflict(end.failure())) {
          run.again(parts.callbacks());
          return false;
        }
        run.fail(parts.errors().commitRefused(end.failure()), parts.callbacks());
      }
      case ROLLED_BACK, NOT_BEGUN -> {
        if (mayRunAgain && tries.mayDoBetter(run.verdict().failure())) {
          run.again(parts.callbacks());
          return false;
        }
        run.answer(StoreEngine.Event.OUTCOME, parts.callbacks());
      }
    }
    return true;
  }

  private void committed(BodyRun run) {
    run.signal();
    parts.committed().run();
    run.answer(StoreEngine.Event.COMMIT, parts.callbacks());
  }

  /** Answers a request after an exception where none is expected. */
  private void rescue(
      Request<?> request, BoundConnection connection, @Nullable BodyRun run, Throwable failure) {
    TxEnd.State ended = connection.transaction().lastEnd().state();
    current.discard(connection);
    if (run == null) {
      request.fail(failure, parts.callbacks());
    } else if (ended == TxEnd.State.COMMITTED) {
      committed(run);
    } else {
      run.fail(
          ended == TxEnd.State.UNKNOWN ? parts.errors().commitUnknown(failure) : failure,
          parts.callbacks());
    }
  }

  private void read(Request<?> request) {
    BoundConnection connection = beginReading(request.kind());
    ConnectionTransaction transaction = connection.transaction();
    PgConnectionDriver driver = (PgConnectionDriver) connection.driver();
    BodyTx tx = BodyTx.reading(connection, parts.store(), parts.now(driver.begun()));
    current.bodyStarts();
    BodyRun run = BodyRun.of(request, tx, connection);
    boolean sound = true;
    try {
      boolean unused = transaction.rollback();
    } catch (SQLException e) {
      sound = false; // nothing was written; the body has its answer
    }
    discardIfBroken(connection, sound);
    run.answer(StoreEngine.Event.OUTCOME, parts.callbacks());
  }

  /** Begins on a connection that answers; one that is idle, or new, may have been ended. */
  private BoundConnection beginReading(RequestKind kind) {
    long deadline = System.nanoTime() + parts.busyTimeoutNanos();
    while (true) {
      BoundConnection connection = current.get();
      try {
        PgBegin begins = parts.begins();
        ((PgConnectionDriver) connection.driver())
            .readsBehind(kind == RequestKind.LOOK ? begins.looking() : begins.reading());
        connection.transaction().beginReading();
        return connection;
      } catch (SQLException e) {
        current.discard(connection);
        if (!PgFailures.isConnectionLost(e) || deadline - System.nanoTime() < 0) {
          throw parts.errors().operating("reading", e);
        }
      }
    }
  }

  /** Runs a body whose statements commit one by one, on a connection that ends with it. */
  private void call(Request<?> request) throws SQLException {
    BoundConnection connection = beginReading(request.kind()); // for the server's time
    PgConnectionDriver driver = (PgConnectionDriver) connection.driver();
    boolean ended = connection.transaction().rollback();
    driver.commitsEach();
    driver.beginSession();
    BodyTx tx = BodyTx.reading(connection, parts.store(), parts.now(driver.begun()));
    current.bodyStarts();
    BodyRun ran = BodyRun.of(request, tx, connection);
    BodyRun run = !ended || ran.writes() > 1 ? ran.lastedInPart() : ran;
    if (connection.edge().isChanged()) {
      driver.sessionChanged();
    }
    current.discard();
    parts.committed().run();
    run.answer(StoreEngine.Event.OUTCOME, parts.callbacks());
  }

  @Override
  public CurrentConnection current() {
    return current;
  }

  @Override
  public void close() {
    current.close();
  }
}
