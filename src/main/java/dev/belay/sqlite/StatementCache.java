package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.CoreStatement;

/**
 * The prepared statements of one connection, kept from body to body. Belongs to the thread that
 * owns the connection; on any other thread, and outside a body, it refuses.
 *
 * <p>Every statement of a body is made here, so this is also where a body is stopped from using a
 * transaction that is not its own, or is dead, and where what it forgot to close is closed.
 */
final class StatementCache implements StatementBuilder {
  /** Enough for every statement of Belay and a good many of the host's. */
  private static final int IDLE_MAX = 256;

  private final SQLiteConnection connection;
  private final ConnectionTransaction transaction;
  private final SqliteErrors errors;
  // JDBI asks for a statement by its parsed SQL but gives it back under the unparsed text, so what
  // is lent is found again by identity.
  private final IdentityHashMap<Statement, String> lent = new IdentityHashMap<>();
  private final Map<String, PreparedStatement> idle = new LinkedHashMap<>(64, 0.75f, true);
  private @Nullable Thread user;
  private boolean counted;

  StatementCache(
      SQLiteConnection connection, ConnectionTransaction transaction, SqliteErrors errors) {
    this.connection = connection;
    this.transaction = transaction;
    this.errors = errors;
  }

  /** From now on the current thread runs a body. */
  void bodyStarts() {
    counted = true;
    user = Thread.currentThread();
  }

  /** The body has ended: what it left open is closed, its streams and results with it. */
  void bodyEnds() {
    user = null;
    if (!lent.isEmpty()) {
      List<Statement> forgotten = new ArrayList<>(lent.keySet());
      lent.clear();
      for (Statement statement : forgotten) {
        closeQuietly(statement);
      }
    }
  }

  /**
   * Whether SQLite has counted all changes of the body that ran last: it counts those of rows, made
   * through any statement that is known to make no others.
   */
  boolean areCounted() {
    return counted;
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
  }

  /** Notes a statement that is to be closed with the body. */
  Statement lend(Statement statement) {
    counted = false;
    lent.put(statement, "");
    return statement;
  }

  @Override
  public Statement create(Connection guarded, StatementContext ctx) throws SQLException {
    requireUsable();
    return lend(GuardedStatement.guard(Statement.class, connection.createStatement(), guarded));
  }

  @Override
  public PreparedStatement create(Connection guarded, String sql, StatementContext ctx)
      throws SQLException {
    if (ctx.isReturningGeneratedKeys()) {
      throw new SQLFeatureNotSupportedException(
          "generated keys are switched off, they cost every insert a query; use RETURNING");
    }
    counted = counted && TransactionControl.changesOnlyRows(sql);
    return checkOut(sql);
  }

  /** Lends the statement of {@code sql}, whose parameters are still those of its last user. */
  PreparedStatement checkOut(String sql) throws SQLException {
    requireUsable();
    PreparedStatement statement = idle.remove(sql);
    if (statement == null) {
      TransactionControl.refuse(sql);
      statement = prepare(sql);
    }
    lent.put(statement, sql);
    return statement;
  }

  @Override
  public CallableStatement createCall(Connection guarded, String sql, StatementContext ctx)
      throws SQLException {
    throw new SQLFeatureNotSupportedException("there are no stored procedures here");
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    try {
      return connection.prepareStatement(sql);
    } catch (SQLException e) {
      StoreException failure = errors.translate(e);
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
    if (statement == null || user != Thread.currentThread()) {
      return; // closed when its body ended
    }
    String sql = lent.get(statement);
    if (sql == null || sql.isEmpty() || !(statement instanceof PreparedStatement prepared)) {
      lent.remove(statement);
      statement.close();
      return;
    }
    if (!isEnded(prepared)) {
      forget(prepared);
    }
    checkIn(prepared, sql);
  }

  /** Takes a statement back, as it is, for the next who wants it. */
  void checkIn(PreparedStatement statement, String sql) throws SQLException {
    lent.remove(statement);
    if (isEnded(statement) || idle.containsKey(sql)) {
      statement.close();
      return;
    }
    idle.put(sql, statement);
    if (idle.size() > IDLE_MAX) {
      var eldest = idle.values().iterator();
      eldest.next().close();
      eldest.remove();
    }
  }

  /**
   * Whether the driver has ended the statement, which it does by itself after most failures, while
   * {@code isClosed} goes on to say false.
   */
  static boolean isEnded(PreparedStatement statement) {
    return ((CoreStatement) statement).pointer.isClosed();
  }

  /** Undoes what a body may have set on a statement, and lets go of what it bound. */
  private static void forget(PreparedStatement statement) throws SQLException {
    statement.clearParameters();
    if (statement.getMaxRows() != 0) {
      statement.setMaxRows(0);
    }
    if (statement.getQueryTimeout() != 0) {
      statement.setQueryTimeout(0);
    }
    if (statement.getFetchSize() != 0) {
      statement.setFetchSize(0);
    }
  }

  /** Closes what is idle, when the connection ends. */
  void closeIdle() {
    idle.values().forEach(this::closeQuietly);
    idle.clear();
  }

  private void closeQuietly(Statement statement) {
    try {
      statement.close();
    } catch (SQLException e) {
      // sqlite3_finalize reports the failure of the last step once more; the body has had it
      StoreException again = errors.translate(e);
      if (again != null) {
        transaction.doom(again);
      }
    }
  }
}
