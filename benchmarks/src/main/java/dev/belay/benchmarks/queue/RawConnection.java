package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteConnection;

/**
 * One JDBC connection to a file with Belay's schema, its statements prepared once. Belongs to
 * whoever holds the lock around it.
 *
 * <p>What the raw peers stand on, tuned as far as JDBC goes: BEGIN IMMEDIATE, COMMIT and ROLLBACK
 * are prepared statements, and the driver is told once to keep its own to itself.
 */
final class RawConnection implements AutoCloseable {
  /** Statements of one transaction. */
  interface Body<T> {
    T run() throws SQLException;
  }

  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement rollback;

  RawConnection(Path file) throws SQLException {
    Belay.open(file).close();
    connection = PlainSqlite.open(file, TransactionMode.DEFERRED);
    // From here on the flag only tells the driver not to begin and commit around every statement.
    ((SQLiteConnection) connection).getConnectionConfig().setAutoCommit(false);
    begin = connection.prepareStatement("BEGIN IMMEDIATE");
    commit = connection.prepareStatement("COMMIT");
    rollback = connection.prepareStatement("ROLLBACK");
  }

  PreparedStatement prepare(Class<?> dao, String method) throws SQLException {
    return DaoStatement.prepare(connection, dao, method);
  }

  <T> T write(Body<T> body) throws SQLException {
    begin.execute();
    boolean done = false;
    try {
      T value = body.run();
      commit.execute();
      done = true;
      return value;
    } finally {
      if (!done) {
        rollback.execute();
      }
    }
  }

  /** The first column of the only row. */
  static long number(PreparedStatement statement, Object... values) throws SQLException {
    try (ResultSet row = DaoStatement.bind(statement, values).executeQuery()) {
      if (!row.next()) {
        throw new SQLException("a row was expected");
      }
      long number = row.getLong(1);
      row.next(); // to its end, where RETURNING is done
      return number;
    }
  }

  static int update(PreparedStatement statement, Object... values) throws SQLException {
    return DaoStatement.bind(statement, values).executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
