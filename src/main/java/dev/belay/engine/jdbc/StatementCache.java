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
 * The statements of one connection: lent to the body that runs, and kept from body to body. Belongs
 * to the thread that owns the connection; on any other thread, and outside a body, it refuses.
 *
 * <p>Every statement of a body comes through here. So this is where a body is kept from a
 * transaction that is not its own or must not go on, where the connection learns what the body did
 * to it, and where the edge between two bodies is: only a statement whose use ended well, and that
 * has been reset, goes back to the cache; all others are closed with the body.
 */
final class StatementCache implements StatementBuilder {
  /** Enough for every statement of Belay and a good many of the host's. */
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

  /** A body has met a failure; whatever it makes of it, after some the transaction cannot go on. */
  void failedBy(SQLException failure) {
    StoreException operating = failures.translate(failure);
    if (operating != null) {
      edge.failedBy(failure);
      if (failures.mayEndTransaction(failure)) {
        transaction.doom(operating);
      }
    }
  }

  /** From now on the current thread runs a body. */
  void bodyStarts() {
    user = Thread.currentThread();
  }

  /** The body has ended: what it left open is closed, its streams and results with it. */
  void bodyEnds() {
    user = null;
    if (!lent.isEmpty()) {
      List<GuardedStatement> forgotten = new ArrayList<>(lent);
      lent.clear();
      forgotten.forEach(statement -> closeQuietly(statement.end()));
    }
  }

  /** Whether the body has statements that are not closed yet. */
  boolean isLending() {
    return !lent.isEmpty();
  }

  /** Refuses a statement outside a living body. */
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

  /** Lends a statement whose SQL comes only when it is executed, perhaps several in one text. */
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

  /** Lends the statement of {@code sql}, to be given back or closed with the body. */
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

  /** Lends rows that the driver has made by a statement of its own. */
  ResultSet lendRows(Connection guarded, ResultSet rows) throws SQLException {
    Statement statement = rows.getStatement();
    GuardedStatement guard = new GuardedStatement(statement, guarded, this, null, null);
    Statement unused = lend(Statement.class, guard);
    return GuardedAnswer.rows(rows, guard);
  }

  /** The body gets an object of the driver's own, through which it can do anything unseen. */
  void showDriver() throws SQLException {
    requireUsable();
    edge.bodySeesDriver();
    // From here on it counts as having written, and it is undone to here at least.
    transaction.body().executes(SqlKind.SAVEPOINT);
  }

  /** Executes a statement of JDBI's for a body. */
  void execute(String sql) throws SQLException {
    driver.execute(sql);
  }

  private <S extends Statement> S lend(Class<S> type, GuardedStatement guard) {
    lent.add(guard);
    return guard.as(type);
  }

  /**
   * Takes the statement of {@code sql}, whose parameters are still those of its last user, for one
   * execution of Belay's own.
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
    throw new SQLFeatureNotSupportedException("there are no stored procedures here");
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
      statement.close(); // a guarded one gives itself back
    }
  }

  /** Takes a lent statement back. */
  void giveBack(GuardedStatement guard) throws SQLException {
    if (user != Thread.currentThread() || !lent.remove(guard)) {
      return; // closed when its body ended
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

  /** Keeps a statement whose use ended well, reset, for the next user. */
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

  /** Closes what is idle, when the connection ends. */
  void closeIdle() {
    idle.values().forEach(this::closeQuietly);
    idle.clear();
  }

  /** Closes a statement whose use ended in a failure, which is what the caller is told. */
  void closeQuietly(Statement statement) {
    try {
      statement.close();
    } catch (SQLException e) {
      // a driver may report the failure of the last step once more; the body has had it
      StoreException again = failures.translate(e);
      if (again != null) {
        transaction.doom(again);
      }
    }
  }
}
