package dev.belay.engine.jdbc;

import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.RequestKind;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;

/**
 * An open connection with all that is kept on it: its transaction, its statements, its attached
 * DAOs, and the edge between the bodies that use it. Belongs to the thread that owns the
 * connection.
 */
public final class BoundConnection {
  private final DriverConnection driver;
  private final BelayJdbi jdbi;
  private final Failures errors;
  private final BodyEdge edge;
  private final FaultPoints faults;
  private final ConnectionTransaction transaction;
  private final StatementCache statements;
  private final AttachedDaos daos;

  private boolean holdsNothing;

  /** Takes a connection that is ready for use. */
  public BoundConnection(
      DriverConnection driver, BelayJdbi jdbi, Failures errors, FaultPoints faults, BodyEdge edge) {
    this.driver = driver;
    this.jdbi = jdbi;
    this.errors = errors;
    this.faults = faults;
    this.edge = edge;
    this.transaction = new ConnectionTransaction(driver, errors, faults);
    this.statements = new StatementCache(driver, jdbi.kinds(), errors, edge, transaction);
    this.daos =
        new AttachedDaos(
            jdbi, statements, GuardedConnection.guard(driver.jdbc(), statements, null));
  }

  public DriverConnection driver() {
    return driver;
  }

  public ConnectionTransaction transaction() {
    return transaction;
  }

  public Failures errors() {
    return errors;
  }

  public FaultPoints faults() {
    return faults;
  }

  StatementCache statements() {
    return statements;
  }

  public BodyEdge edge() {
    return edge;
  }

  /** A handle of its own for one body; what is set on it ends with it. */
  Handle openHandle(LiveBody body) {
    return jdbi.open(statements, GuardedConnection.guard(driver.jdbc(), statements, body), body);
  }

  /** A SqlObject on one of the connection's own handles, which no body sees; made once. */
  <D> D attach(Class<D> sqlObject) {
    return daos.attach(sqlObject);
  }

  /** From now on the current thread runs {@code body}, a request of {@code kind}. */
  void bodyStarts(LiveBody body, RequestKind kind) {
    edge.bodyStarts(body, kind.reads());
    transaction.body().bodyStarts(!kind.isVerb());
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
   * the callback's outcome says, and returns what the end did. If {@code begin} found no request
   * left, the callback runs without one.
   *
   * @throws ConnectionTransaction.BeginException if it could not be begun
   */
  public <R> TxEnd inTransaction(
      ConnectionTransaction.Begin begin, HandleCallback<R, RuntimeException> callback) {
    transaction.beginsAs(begin);
    daos.ownHandle().inTransaction(callback);
    return transaction.lastEnd();
  }

  /** Whether the connection can serve another body. */
  public boolean isUsable() {
    try {
      return !driver.isClosed() && !daos.ownHandle().isClosed();
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
      driver.commitsTogether();
      boolean unused = transaction.rollback();
      driver.allowWrites();
      return true;
    } catch (SQLException e) {
      throw errors.operating("clearing a connection after a failure", e);
    }
  }

  /** Closes the connection; a transaction of it ends with it. */
  public void close() {
    faults.reach(FaultPoints.Point.CLOSES);
    try {
      statements.closeIdle();
      if (!holdsNothing && !driver.isClosed()) {
        transaction.rollbackForGood();
        holdsNothing = true;
      }
      driver.close();
    } catch (SQLException e) {
      throw errors.operating("closing", e);
    }
  }

  /** Whether the connection has no transaction any more, though it may not be closed. */
  boolean holdsNothing() {
    return holdsNothing;
  }
}
