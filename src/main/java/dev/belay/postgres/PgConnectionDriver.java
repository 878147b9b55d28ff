package dev.belay.postgres;

import dev.belay.engine.jdbc.DriverConnection;
import dev.belay.engine.line.SafeLog;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * The {@link DriverConnection} of PostgreSQL. Belongs to the thread that owns the connection.
 *
 * <p>Every setting is local to its transaction, and is sent with its BEGIN: a connection may belong
 * to a pool of the host, or be one of many behind a pooler.
 */
final class PgConnectionDriver implements DriverConnection {
  private static final String IN_FAILED_TRANSACTION = "25P02";

  private final Connection connection;
  private final PgFailures errors;
  private final PgBegin begins;
  private final Runnable sameTransaction;
  private String beginText;
  private String readText;
  private @Nullable String found;
  private boolean sessionChanged;
  private final PgPlanAge plans = new PgPlanAge();
  private @Nullable String life;
  private PgBegin.Begun begun = PgBegin.Begun.NONE;

  /** Takes a connection whose transactions the store begins and ends. */
  PgConnectionDriver(Connection connection, PgFailures errors, PgBegin begins) {
    this(connection, errors, begins, () -> {});
  }

  private PgConnectionDriver(
      Connection connection, PgFailures errors, PgBegin begins, Runnable sameTransaction) {
    this.connection = connection;
    this.errors = errors;
    this.begins = begins;
    this.sameTransaction = sameTransaction;
    this.beginText = begins.body();
    this.readText = begins.reading();
  }

  /** Takes the connection of a transaction that a host begins and ends. */
  static PgConnectionDriver joined(PgHostTransaction transaction, PgParts parts) {
    return new PgConnectionDriver(
        transaction.host(), parts.errors(), parts.begins(), transaction::require);
  }

  @Override
  public void requireTransaction() {
    sameTransaction.run();
  }

  @Override
  public Connection jdbc() {
    return connection;
  }

  /** Begins the next transaction that writes with {@code text}. */
  void writesBehind(String text) {
    beginText = text;
  }

  /** Begins the next transaction that reads with {@code text}. */
  void readsBehind(String text) {
    readText = text;
  }

  /** Returns what the server answered to the last BEGIN. */
  PgBegin.Begun begun() {
    return begun;
  }

  @Override
  public void listen(EndListener listener) {
    // The server ends no transaction by itself: after a failure it waits for the ROLLBACK.
  }

  @Override
  public void beginWriting() throws SQLException {
    begin(beginText);
  }

  @Override
  public void beginReading() throws SQLException {
    begin(readText);
  }

  private void begin(String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      String known = life;
      if (known == null) {
        connection.setAutoCommit(true);
        known = PgBegin.life(statement);
        life = known;
      }
      connection.setAutoCommit(false); // the driver sends BEGIN with the first statement
      long sentNanos = System.nanoTime();
      boolean isRows = statement.execute(plans.isOver() ? text + "; " + PgPlanAge.DISCARD : text);
      while (!isRows) {
        isRows = statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        begun = PgBegin.begun(row, known, sentNanos);
      }
    }
  }

  @Override
  public void commit() throws SQLException {
    if (connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED) {
      throw new SQLException( // the server would roll back and report no failure
          "a statement of the body failed, which undoes its transaction; a savepoint before the"
              + " statement would have kept it",
          IN_FAILED_TRANSACTION);
    }
    connection.clearWarnings();
    connection.commit();
    reportWarning(errors, connection.getWarnings());
    connection.clearWarnings();
  }

  /** Logs what the server said at a COMMIT that has lasted. */
  static void reportWarning(PgFailures errors, @Nullable SQLWarning warning) {
    if (warning != null) {
      SafeLog.log(
          Level.WARNING,
          errors.store()
              + ": COMMIT returned with a warning ("
              + warning.getSQLState()
              + "); it is durable here, but perhaps not on a standby",
          null);
    }
  }

  @Override
  public void rollback() throws SQLException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      if (!isLostBy(e)) {
        throw e;
      }
      connection.close(); // the server rolls back what has lost its connection
    }
  }

  // One body has a transaction, and is undone with it: no savepoint is needed.

  @Override
  public void setSavepoint() throws SQLException {
    execute("SAVEPOINT belay_body");
  }

  @Override
  public void rollbackToSavepoint() throws SQLException {
    execute("ROLLBACK TO SAVEPOINT belay_body");
  }

  @Override
  public void releaseSavepoint() throws SQLException {
    execute("RELEASE SAVEPOINT belay_body");
  }

  @Override
  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      if (isLostBy(e)) {
        connection.close(); // the driver may not know yet that it is
      }
      throw e;
    }
  }

  private boolean isLostBy(SQLException e) throws SQLException {
    return PgFailures.isConnectionLost(e) || connection.isClosed();
  }

  @Override
  public void commitsEach() {
    autoCommit(true);
  }

  /** Returns the text of a call that is sent now. */
  String text(String call) {
    return plans.text(call);
  }

  @Override
  public void commitsTogether() {
    autoCommit(false);
  }

  private void autoCommit(boolean each) {
    try {
      connection.setAutoCommit(each);
    } catch (SQLException e) {
      throw errors.operating("changing the mode of the connection", e);
    }
  }

  @Override
  public long changedRows() {
    return 0; // a body has the transaction alone, so it does not matter whether it has written
  }

  @Override
  public void allowWrites() {
    // only a transaction is read-only
  }

  @Override
  public boolean isEnded(PreparedStatement statement) {
    try {
      return statement.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  @Override
  public void reset(PreparedStatement statement) throws SQLException {
    statement.clearParameters();
    statement.clearBatch();
    statement.clearWarnings();
    statement.setMaxRows(0);
    statement.setFetchSize(0);
    statement.setQueryTimeout(0);
  }

  @Override
  public boolean isClosed() throws SQLException {
    return connection.isClosed();
  }

  /** Sets what statements need that commit one by one, until the connection is closed. */
  void beginSession() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (begins.isBorrowed()) {
        try (ResultSet row = statement.executeQuery(PgBegin.FOUND)) {
          row.next();
          found = row.getString(1);
        }
      }
      statement.execute(begins.session());
    }
  }

  /** Notes that a body may have changed the session, which must not go back into a pool so. */
  void sessionChanged() {
    sessionChanged = true;
  }

  @Override
  public void close() throws SQLException {
    if (begins.isBorrowed() && sessionChanged) {
      PgSource.end(connection);
      return;
    }
    try (connection) {
      if (begins.isBorrowed() && !connection.isClosed()) {
        connection.setAutoCommit(true); // as pools lend them
        if (found != null) {
          execute(found);
        }
      }
    } catch (SQLException e) {
      if (!PgFailures.isConnectionLost(e)) {
        throw e;
      }
    }
  }
}
