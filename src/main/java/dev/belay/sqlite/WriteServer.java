package dev.belay.sqlite;

import dev.belay.store.TxRunner;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Serves the connection that writes: groups of write bodies, calls, and the reads of a store
 * without a connection for them. Belongs to the thread that owns the connection.
 */
final class WriteServer implements ConnectionExecutor.Server {
  private static final int TRANSACTIONS_PER_LOOK = 16;

  private final CurrentConnection current;
  private final @Nullable FileIdentity identity;
  private final SqliteErrors errors;
  private final InstantSource clock;
  private final LockWait lockWait;
  private final Callbacks callbacks;
  private final ChangeWatch changes;
  private final @Nullable Checkpointer checkpointer;
  private final TxRunner runner;
  private final int groupMax;
  private final int callTimeoutMs;
  private long transactions;

  WriteServer(
      ConnectionOpener opener,
      @Nullable FileIdentity identity,
      SqliteErrors errors,
      LockWait lockWait,
      Callbacks callbacks,
      ChangeWatch changes,
      @Nullable Checkpointer checkpointer,
      TxRunner runner,
      OpenSettings settings) {
    this.current = new CurrentConnection(opener);
    this.identity = identity;
    this.errors = errors;
    this.clock = settings.clock();
    this.lockWait = lockWait;
    this.callbacks = callbacks;
    this.changes = changes;
    this.checkpointer = checkpointer;
    this.runner = runner;
    this.groupMax = settings.commitGroupMax();
    this.callTimeoutMs = settings.busyTimeoutMs();
  }

  @Override
  public void serve(Source source) {
    for (Request<?> head = source.peek(); head != null; head = source.peek()) {
      BoundConnection connection;
      try {
        FileIdentity.require(identity);
        connection = current.get();
      } catch (Throwable e) {
        failNext(source, e);
        continue;
      }
      switch (head.kind()) {
        case WRITE, WRITE_FLOW -> {
          serveGroup(source, connection);
          lookAtLog(connection);
        }
        case READ -> serveNext(source, request -> readAlone(request, connection));
        case CALL -> serveNext(source, request -> call(request, connection));
      }
    }
  }

  private void serveGroup(Source source, BoundConnection connection) {
    Lock writing = checkpointer == null ? null : checkpointer.writing();
    if (writing != null) {
      writing.lock();
    }
    try {
      new CommitGroup(this, connection, errors, callbacks).serve(source, lockWait, groupMax);
    } finally {
      if (writing != null) {
        writing.unlock();
      }
    }
  }

  private interface Service {
    BodyRun run(Request<?> request) throws SQLException;
  }

  private void serveNext(Source source, Service service) {
    Request<?> request = source.next();
    if (request == null || !request.start()) {
      return;
    }
    try {
      service.run(request).answer(callbacks);
    } catch (SQLException e) {
      current.discard();
      request.fail(errors.operating("the transaction", e), callbacks);
    } catch (Throwable e) {
      current.discard();
      request.fail(e, callbacks);
    }
  }

  private void failNext(Source source, Throwable failure) {
    Request<?> request = source.next();
    if (request != null && request.start()) {
      request.fail(failure, callbacks);
    }
  }

  /** Runs one body in the transaction that is open. */
  BodyRun run(Request<?> request, BoundConnection connection, Instant now) {
    BodyTx tx = new BodyTx(connection, runner, now, request.kind().writes(), request.hooks());
    BodyRun run = BodyRun.of(request, tx, connection, errors);
    if (!request.isServedByCaller()) {
      Thread.interrupted(); // a body's flag must not reach the next body, nor this thread's waits
    }
    return run;
  }

  void runAgain(Request<?> request) {
    BoundConnection connection;
    try {
      connection = current.get();
    } catch (Throwable e) {
      request.fail(e, callbacks);
      return;
    }
    new CommitGroup(this, connection, errors, callbacks).serveAgain(request, lockWait);
  }

  private BodyRun readAlone(Request<?> request, BoundConnection connection) throws SQLException {
    connection.transaction().execute("PRAGMA query_only = ON");
    try {
      return ReadServer.read(request, connection, runner, now(), errors);
    } finally {
      connection.transaction().execute("PRAGMA query_only = OFF");
    }
  }

  private BodyRun call(Request<?> request, BoundConnection connection) throws SQLException {
    ConnectionTransaction transaction = connection.transaction();
    // Statements outside a transaction of ours can only wait inside SQLite.
    connection.setBusyTimeout(callTimeoutMs);
    transaction.autoCommit(true);
    long changesBefore = connection.changes();
    BodyRun run = run(request, connection, now());
    run.finish(connection, false);
    if (connection.changes() != changesBefore) {
      committed();
    }
    if (!connection.isUsable()) {
      discard(connection);
      return run;
    }
    transaction.autoCommit(false);
    connection.setBusyTimeout(0);
    return transaction.endStray() ? run.leftTransactionOpen() : run;
  }

  /** Now and then, after a transaction: has the log grown long enough to be moved? */
  private void lookAtLog(BoundConnection connection) {
    if (checkpointer == null || ++transactions % TRANSACTIONS_PER_LOOK != 0) {
      return;
    }
    try {
      if (connection.isUsable() && checkpointer.logIs(connection.logLength())) {
        connection.checkpoint();
      }
    } catch (Throwable e) {
      // the callers have their answers; past its bound every commit checkpoints
      System.getLogger("dev.belay").log(System.Logger.Level.DEBUG, "looking at the log", e);
    }
  }

  /** A transaction has been committed. */
  void committed() {
    changes.committed();
  }

  /** The instant of a transaction that begins now. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Gives up a connection that cannot be trusted any more; the next request opens another. */
  void discard(BoundConnection connection) {
    current.discard(connection);
  }

  @Override
  public void close() {
    BoundConnection connection = current.take();
    if (connection != null) {
      try {
        if (identity == null || !identity.mustLeaveLog()) {
          connection.checkpoint();
        }
      } finally {
        connection.close();
      }
    }
  }
}
