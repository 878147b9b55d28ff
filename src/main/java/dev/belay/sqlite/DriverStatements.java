package dev.belay.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;

/** What JDBC does not say of the driver's statements. Stateless, safe for use by many threads. */
final class DriverStatements {
  private DriverStatements() {}

  /**
   * Whether the driver has ended the statement, which it does by itself after most failures, while
   * {@code isClosed} goes on to say false.
   */
  static boolean isEnded(PreparedStatement statement) {
    return ((CoreStatement) statement).pointer.isClosed();
  }

  /**
   * Undoes what a body did to a statement: its place among the rows, its batch, its parameters, its
   * settings. JDBI executes an update without opening its result, so that a statement that answers
   * rows would stay in the middle of them, and keep the transaction and its snapshot.
   */
  static void forget(PreparedStatement statement) throws SQLException {
    ((CoreStatement) statement).pointer.safeRunInt(DB::reset);
    statement.clearBatch();
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
}
