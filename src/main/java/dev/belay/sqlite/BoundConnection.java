package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * An open connection with all that is kept on it: its transaction, its statements, its attached
 * DAOs, and the edge between the bodies that use it. Belongs to the thread that owns the
 * connection.
 */
final class BoundConnection {
  /** Takes the locks a transaction needs; false if nobody wants the transaction any more. */
  @FunctionalInterface
  interface Begin {
    boolean run(ConnectionTransaction transaction) throws SQLException;
  }

  private final SQLiteConnection real;
  private final BelayJdbi jdbi;
  private final SqliteErrors errors;
  private final BodyEdge edge;
  private final FaultPoints faults;
  private final ConnectionTransaction transaction;
  private final StatementCache statements;
  private final AttachedDaos daos;
  private final ConnectionState state;

  private @Nullable Begin begin;
  private boolean holdsNothing;

  /** Takes a connection that is ready for use. */
  BoundConnection(
      SQLiteConnection real,
      BelayJdbi jdbi,
      SqliteErrors errors,
      FaultPoints faults,
      BodyEdge edge,
      String savepointName) {
    this.real = real;
    this.jdbi = jdbi;
    this.errors = errors;
    this.faults = faults;
    this.edge = edge;
    this.transaction = new ConnectionTransaction(real, savepointName, faults);
    this.statements = new StatementCache(this, real);
    this.daos = new AttachedDaos(this, jdbi, GuardedConnection.guard(real, this, null));
    this.state = new ConnectionState(real);
  }

  ConnectionTransaction transaction() {
    return transaction;
  }

  SqliteErrors errors() {
    return errors;
  }

  FaultPoints faults() {
    return faults;
  }

  StatementCache statements() {
    return statements;
  }

  BodyEdge edge() {
    return edge;
  }

  ConnectionState state() {
    return state;
  }

  /** A handle of its own for one body; what is set on it ends with it. */
  Handle openHandle(BodyTx tx) {
    return jdbi.open(this, GuardedConnection.guard(real, this, tx), tx);
  }

  /** A SqlObject on one of the connection's own handles, which no body sees; made once. */
  <D> D attach(Class<D> sqlObject) {
    return daos.attach(sqlObject);
  }

  /** From now on the current thread runs the body of {@code tx}, a request of {@code kind}. */
  void bodyStarts(BodyTx tx, RequestKind kind) {
    edge.bodyStarts(tx, kind.reads());
    transaction.body().bodyStarts(kind != RequestKind.VERB);
    statements.bodyStarts();
  }

  /** The body is over, and so is all that it got from here. */
  void bodyEnds() {
    try {
      daos.bodyEnds();
    } catch (Throwable e) { // what was to be cleaned ends with the connection, or is closed below
      edge.bodyChangesConnection();
      Reports.report(e);
    }
    edge.bodyEnds();
    transaction.body().bodyEnds();
    statements.bodyEnds();
  }

  /**
   * Runs {@code callback} in a transaction of JDBI that begins as {@code begin} does and ends as
   * the callback's outcome says, and returns what the end did. If {@code begin} found nobody left,
   * the callback runs without one.
   *
   * @throws BeginException if it could not be begun
   */
  <R> TxEnd inTransaction(Begin begin, HandleCallback<R, RuntimeException> callback) {
    this.begin = begin;
    transaction.forgetEnd();
    try {
      daos.ownHandle().inTransaction(callback);
    } finally {
      this.begin = null;
    }
    return transaction.lastEnd();
  }

  /** For {@link ImmediateTransactionHandler}. */
  void begin() {
    Begin wanted = begin;
    if (wanted == null) {
      throw new IllegalStateException("call runs outside any transaction; use write or read");
    }
    try {
      wanted.run(transaction);
    } catch (SQLException e) {
      throw new BeginException(e);
    }
  }

  /** For {@link ImmediateTransactionHandler}. */
  void end(boolean commit) {
    transaction.end(commit);
  }

  /** Fails unless {@code history}, as it is in this transaction, is the one that Belay knows. */
  void requireCurrent(SchemaHistory history) throws SQLException {
    history.requireCurrent(real);
  }

  /** A body has met a failure; whatever it makes of it, after some the transaction cannot go on. */
  void failedBy(SQLException failure) {
    StoreException operating = errors.translate(failure);
    if (operating != null) {
      edge.failedBy(failure);
      if (SqliteErrors.mayEndTransaction(failure)) {
        transaction.doom(operating);
      }
    }
  }

  /** Whether the connection can serve another body. */
  boolean isUsable() {
    try {
      return !real.isClosed() && !daos.ownHandle().isClosed();
    } catch (SQLException e) {
      return false; // a connection that cannot tell is not usable
    }
  }

  /**
   * Ends the transaction, the statements and the settings that something unforeseen has left
   * behind, and keeps the connection, because the data would end with it; false if it has been
   * closed. Can be tried again if it throws.
   */
  boolean restore() {
    if (!isUsable()) {
      return false;
    }
    try {
      bodyEnds();
      statements.closeIdle();
      transaction.autoCommit(false);
      boolean unused = transaction.rollback();
      transaction.execute("PRAGMA query_only = OFF");
      return true;
    } catch (SQLException e) {
      throw errors.operating("clearing a connection after a failure", e);
    }
  }

  /** Closes the connection; a transaction of it ends with it. */
  void close() {
    faults.reach(FaultPoints.Point.CLOSES);
    try {
      statements.closeIdle();
      if (!holdsNothing && !real.isClosed()) {
        transaction.rollbackForGood();
        holdsNothing = true;
      }
      if (real.isClosed()) {
        real.getDatabase().close(); // an earlier try failed half-way
      } else {
        real.close();
      }
    } catch (SQLException e) {
      throw errors.operating("closing", e);
    }
  }

  /** Whether the connection has no transaction any more, though it may not be closed. */
  boolean holdsNothing() {
    return holdsNothing;
  }

  /** A transaction that could not be begun. */
  static final class BeginException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final SQLException failure;

    BeginException(SQLException failure) {
      super(failure);
      this.failure = failure;
    }

    SQLException failure() {
      return failure;
    }
  }
}
