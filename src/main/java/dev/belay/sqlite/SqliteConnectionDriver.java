package dev.belay.sqlite;

import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.DriverConnection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

/**
 * The {@link DriverConnection} of SQLite. Belongs to the thread that owns the connection.
 *
 * <p>The driver's own {@code setAutoCommit(false)} is not used, for two reasons. Its {@code
 * commit()} immediately begins the next transaction; if that is refused, a durable commit is
 * reported as failed. And its {@code begin} leaves the autocommit flag wrong if it is refused, so
 * that later writes commit one by one.
 */
final class SqliteConnectionDriver implements DriverConnection {
  private final SQLiteConnection connection;
  private final ConnectionState state;
  private final OwnStatement beginImmediate;
  private final OwnStatement beginDeferred;
  private final OwnStatement commit;
  private final OwnStatement rollback;
  private final OwnStatement setSavepoint;
  private final OwnStatement rollbackToSavepoint;
  private final OwnStatement releaseSavepoint;

  SqliteConnectionDriver(SQLiteConnection connection, String savepointName) {
    this.connection = connection;
    this.state = new ConnectionState(connection);
    this.beginImmediate = new OwnStatement(connection, "BEGIN IMMEDIATE");
    this.beginDeferred = new OwnStatement(connection, "BEGIN");
    this.commit = new OwnStatement(connection, "COMMIT");
    this.rollback = new OwnStatement(connection, "ROLLBACK");
    this.setSavepoint = new OwnStatement(connection, "SAVEPOINT " + savepointName);
    this.rollbackToSavepoint = new OwnStatement(connection, "ROLLBACK TO " + savepointName);
    this.releaseSavepoint = new OwnStatement(connection, "RELEASE " + savepointName);
    commitsTogether();
  }

  /** Returns the driver behind a connection of a store on SQLite. */
  static SqliteConnectionDriver of(BoundConnection connection) {
    return (SqliteConnectionDriver) connection.driver();
  }

  /** Returns the store's own queries on the connection. */
  ConnectionState state() {
    return state;
  }

  @Override
  public SQLiteConnection jdbc() {
    return connection;
  }

  @Override
  public void listen(EndListener listener) {
    connection.addCommitListener(
        new SQLiteCommitListener() {
          @Override
          public void onCommit() {
            listener.commits();
          }

          @Override
          public void onRollback() {
            listener.rolledBack();
          }
        });
  }

  @Override
  public void beginWriting() throws SQLException {
    // IMMEDIATE takes the write lock now. DEFERRED would take it in the middle of the body, where
    // SQLite answers BUSY without waiting, because another connection may have moved the snapshot
    // that the body has read from.
    beginImmediate.execute();
  }

  @Override
  public void beginReading() throws SQLException {
    beginDeferred.execute();
  }

  @Override
  public void commit() throws SQLException {
    commit.execute();
  }

  @Override
  public void rollback() throws SQLException {
    rollback.execute();
  }

  @Override
  public void setSavepoint() throws SQLException {
    setSavepoint.execute();
  }

  @Override
  public void rollbackToSavepoint() throws SQLException {
    rollbackToSavepoint.execute();
  }

  @Override
  public void releaseSavepoint() throws SQLException {
    releaseSavepoint.execute();
  }

  @Override
  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void commitsEach() {
    connection.getConnectionConfig().setAutoCommit(true);
  }

  @Override
  public void commitsTogether() {
    connection.getConnectionConfig().setAutoCommit(false);
  }

  @Override
  public long changedRows() throws SQLException {
    return connection.getDatabase().total_changes();
  }

  @Override
  public void allowWrites() throws SQLException {
    execute("PRAGMA query_only = OFF");
  }

  @Override
  public boolean isEnded(PreparedStatement statement) {
    return DriverStatements.isEnded(statement);
  }

  @Override
  public void reset(PreparedStatement statement) throws SQLException {
    DriverStatements.forget(statement);
  }

  @Override
  public boolean isClosed() throws SQLException {
    return connection.isClosed();
  }

  @Override
  public void close() throws SQLException {
    if (connection.isClosed()) {
      connection.getDatabase().close(); // an earlier close() failed half-way
    } else {
      connection.close();
    }
  }
}
