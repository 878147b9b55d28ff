package dev.belay.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * A statement of the store's own. It is prepared once, and again after a failure, because the
 * driver ends a statement that failed. Belongs to the thread that owns the connection.
 */
final class OwnStatement {
  private final SQLiteConnection connection;
  private final String sql;
  private @Nullable PreparedStatement statement;

  OwnStatement(SQLiteConnection connection, String sql) {
    this.connection = connection;
    this.sql = sql;
  }

  /** A use of the prepared statement. */
  @FunctionalInterface
  interface Use<T extends @Nullable Object> {
    T of(PreparedStatement statement) throws SQLException;
  }

  void execute() throws SQLException {
    boolean unused = use(PreparedStatement::execute);
  }

  <T extends @Nullable Object> T use(Use<T> use) throws SQLException {
    PreparedStatement prepared = statement;
    if (prepared == null) {
      prepared = connection.prepareStatement(sql);
      statement = prepared;
    }
    try {
      return use.of(prepared);
    } catch (SQLException e) {
      if (DriverStatements.isEnded(prepared)) {
        prepared.close();
        statement = null;
      }
      throw e;
    } catch (Throwable e) {
      statement = null; // its state is unknown; the connection closes it
      throw e;
    }
  }
}
