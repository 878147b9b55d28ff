package dev.belay.engine.jdbc;

import dev.belay.store.StoreException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one connection, lent to the running body and kept for later bodies. Belongs to
 * the thread that owns the connection; it refuses calls on any other thread, and outside a body.
 *
 * <p>Every statement of a body comes through here. So this class refuses statements in a
 * transaction that is not the body's own or must not go on, and notes how the body changes the
 * connection. Only a statement that succeeded, and that has been reset, goes back to the cache for
 * later bodies; all others are closed with the body.
 */
final class StatementCache implements StatementBuilder {
  /** The number of statements kept: enough for all of Belay's and many of the host's. */
  private static final int IDLE_MAX = 256;

  private final DriverConnection driver;
  private final SqlKinds kinds;
  private final Failures failures;
  private final BodyEdge edge;
  private final ConnectionTransaction transaction;
  private final Set<GuardedStatement> lent = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<String, PreparedStatement> idle = new LinkedHashMap<>(64, 0.75f, true);
  private @Nullable Thread user;

  StatementCache(
      DriverConnection driver,
      SqlKinds kinds,
      Failures failures,
      BodyEdge edge,
      ConnectionTransaction transaction) {
    this.driver = driver;
    this.kinds = kinds;
    this.failures = failures;
    this.edge = edge;
    this.transaction = transaction;
  }

  SqlKinds kinds() {
    return kinds;
  }

  BodyEdge edge() {
    return edge;
  }

  ConnectionTransaction transaction() {
    return transaction;
  }

  /** Notes a failure. After some, the transaction must not go on, even if the body caught them. */
  void failedBy(SQLException failure) {
    StoreException operating = failures.translate(failure);
    if (operating != null) {
      edge.failedBy(failure);
      if (failures.mayEndTransaction(failure)) {
        transaction.doom(operating);
      }
    }
  }

  /** Notes that the current thread begins to run a body. */
  void bodyStarts() {
    user = Thread.currentThread();
  }

  /** Closes the statements that the body left open, with their streams and results. */
  void bodyEnds() {
    user = null;
    if (!lent.isEmpty()) {
      List<GuardedStatement> forgotten = new ArrayList<>(lent);
      lent.clear();
      forgotten.forEach(statement -> closeQuietly(statement.end()));
    }
  }

  /** Returns whether the body has statements that are not closed yet. */
  boolean isLending() {
    return !lent.isEmpty();
  }

  /** Throws unless the running body may execute a statement now. */
  void requireUsable() {
    if (user != Thread.currentThread()) {
      throw new IllegalStateException(
          "a handle, DAO or connection of a Tx was used outside its body or on another thread");
    }
    StoreException doom = transaction.doom();
    if (doom != null) {
      throw doom;
    }
    if (transaction.isLost() || transaction.isCommittedByHand()) {
      throw new IllegalStateException(
          "the body has ended its transaction by hand; it cannot go on");
    }
    edge.requireUnspoiled();
  }

  @Override
  public Statement create(Connection guarded, StatementContext ctx) throws SQLException {
    return lendRaw(guarded, driver.jdbc().createStatement());
  }

  /** Lends a statement whose SQL, perhaps of several statements, comes with each execution. */
  Statement lendRaw(Connection guarded, Statement statement) {
    requireUsable();
    edge.bodyChangesConnection();
    return lend(Statement.class, new GuardedStatement(statement, guarded, this, null, null));
  }

  @Override
  public PreparedStatement create(Connection guarded, String sql, StatementContext ctx)
      throws SQLException {
    if (ctx.isReturningGeneratedKeys()) {
      throw noGeneratedKeys();
    }
    return lendPrepared(guarded, sql);
  }

  static SQLFeatureNotSupportedException noGeneratedKeys() {
    return new SQLFeatureNotSupportedException(
        "generated keys are switched off, they cost every insert a query; use RETURNING");
  }

  /** Lends the statement of {@code sql}; it is given back, or closed with the body. */
  PreparedStatement lendPrepared(Connection guarded, String sql) throws SQLException {
    requireUsable();
    SqlKind kind = kinds.of(sql);
    if (kind == SqlKind.NOTHING) {
      throw new SQLException("the text has no statement"); // the driver could never close it
    }
    PreparedStatement statement = idle.remove(sql);
    if (statement == null) {
      edge.admit(kind, sql);
      statement = prepare(sql);
    }
    return lend(PreparedStatement.class, new GuardedStatement(statement, guarded, this, sql, kind));
  }

  /** Lends rows that the driver has read with a statement of its own. */
  ResultSet lendRows(Connection guarded, ResultSet rows) throws SQLException {
    Statement statement = rows.getStatement();
    GuardedStatement guard = new GuardedStatement(statement, guarded, this, null, null);
    Statement unused = lend(Statement.class, guard);
    return GuardedAnswer.rows(rows, guard);
  }

  /** Notes that the body gets an object of the driver, through which it can do anything unseen. */
  void showDriver() throws SQLException {
    requireUsable();
    edge.bodySeesDriver();
    // From here on the body counts as having written, and can be undone at least to this point.
    GuardedCall.executes(this, SqlKind.SAVEPOINT);
  }

  /** Executes a statement that JDBI needs for a body. */
  void execute(String sql) throws SQLException {
    driver.execute(sql);
  }

  private <S extends Statement> S lend(Class<S> type, GuardedStatement guard) {
    lent.add(guard);
    return guard.as(type);
  }

  /**
   * Takes the statement of {@code sql} for one execution of Belay's own. Its parameters are still
   * those of its last user.
   */
  PreparedStatement checkOut(String sql, SqlKind kind) throws SQLException {
    requireUsable();
    transaction.body().executes(kind);
    PreparedStatement statement = idle.remove(sql);
    return statement != null ? statement : prepare(sql);
  }

  @Override
  public CallableStatement createCall(Connection guarded, String sql, StatementContext ctx)
      throws SQLException {
    throw noCalls();
  }

  static SQLFeatureNotSupportedException noCalls() {
    return new SQLFeatureNotSupportedException(
        "calls of JDBC are switched off; execute the CALL as a statement");
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    try {
      return driver.jdbc().prepareStatement(sql);
    } catch (SQLException e) {
      StoreException failure = failures.translate(e);
      if (failure == null) {
        throw e;
      }
      transaction.doom(failure);
      throw failure;
    }
  }

  @Override
  public void close(Connection guarded, String unparsedSql, @Nullable Statement statement)
      throws SQLException {
    if (statement != null) {
      statement.close(); // closing a guarded statement gives it back
    }
  }

  /** Takes a lent statement back. */
  void giveBack(GuardedStatement guard) throws SQLException {
    if (user != Thread.currentThread() || !lent.remove(guard)) {
      return; // it was closed when its body ended
    }
    Statement statement = guard.end();
    String sql = guard.reusableSql();
    if (sql == null
        || !(statement instanceof PreparedStatement prepared)
        || driver.isEnded(prepared)) {
      statement.close();
      return;
    }
    guard.closeRows();
    driver.reset(prepared);
    checkIn(prepared, sql);
  }

  /** Keeps a statement that succeeded and has been reset for the next user. */
  void checkIn(PreparedStatement statement, String sql) throws SQLException {
    if (driver.isEnded(statement) || idle.putIfAbsent(sql, statement) != null) {
      statement.close();
      return;
    }
    if (idle.size() > IDLE_MAX) {
      var eldest = idle.values().iterator();
      eldest.next().close();
      eldest.remove();
    }
  }

  /** Closes the kept statements when the connection ends. */
  void closeIdle() {
    idle.values().forEach(this::closeQuietly);
    idle.clear();
  }

  /** Closes a statement after a failure, which the caller reports. */
  void closeQuietly(Statement statement) {
    try {
      statement.close();
    } catch (SQLException e) {
      // a driver may report the last failure again; the body has already seen it
      StoreException again = failures.translate(e);
      if (again != null) {
        transaction.doom(again);
      }
    }
  }
}
