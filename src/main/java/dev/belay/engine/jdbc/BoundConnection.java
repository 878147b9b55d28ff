package dev.belay.engine.jdbc;

import dev.belay.engine.line.FaultPoints;
import dev.belay.engine.line.Reports;
import dev.belay.engine.line.RequestKind;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;

/**
 * An open connection with everything that belongs to it: its transaction, its statements, its
 * attached DAOs, and the boundary between its bodies. Belongs to the thread that owns the
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

  /** Wraps a connection that is ready for use. */
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

  /** Opens a handle for one body. Its settings end with it. */
  Handle openHandle(LiveBody body) {
    return jdbi.open(statements, GuardedConnection.guard(driver.jdbc(), statements, body), body);
  }

  /** Returns the SqlObject on the connection's own handle, which no body sees; created once. */
  <D> D attach(Class<D> sqlObject) {
    return daos.attach(sqlObject);
  }

  /** Notes that the current thread begins to run {@code body}, of a request of {@code kind}. */
  void bodyStarts(LiveBody body, RequestKind kind) {
    edge.bodyStarts(body, kind);
    transaction.body().bodyStarts(kind);
    statements.bodyStarts();
  }

  /** Ends everything that the body got from this connection. */
  void bodyEnds() {
    try {
      daos.bodyEnds();
    } catch (Throwable e) { // the rest is closed below, or ends with the connection
      edge.bodyChangesConnection();
      Reports.report(e);
    }
    edge.bodyEnds();
    transaction.body().bodyEnds();
    statements.bodyEnds();
  }

  /**
   * Runs {@code callback} in a JDBI transaction that {@code begin} begins and that ends as the
   * callback's outcome says. Returns the result of that end. If {@code begin} finds no request
   * left, the callback runs without a transaction.
   *
   * @throws BeginException if the transaction could not be begun
   */
  public <R> TxEnd inTransaction(
      ConnectionTransaction.Begin begin, HandleCallback<R, RuntimeException> callback) {
    transaction.beginsAs(begin);
    daos.ownHandle().inTransaction(callback);
    return transaction.lastEnd();
  }

  /** Returns whether the connection can serve another body. */
  public boolean isUsable() {
    try {
      return !driver.isClosed() && !daos.ownHandle().isClosed();
    } catch (SQLException e) {
      return false; // a connection that cannot answer is not usable
    }
  }

  /**
   * Ends the transaction, statements and settings that an unexpected failure left, and keeps the
   * connection, because the data would end with it. Returns false if the connection is closed. May
   * be called again if it throws.
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

  /** Closes the connection and ends its transaction. */
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

  /** Returns whether the connection has no transaction any more, even if it could not be closed. */
  boolean holdsNothing() {
    return holdsNothing;
  }
}
