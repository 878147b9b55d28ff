package dev.belay.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.core.CoreStatement;
import org.sqlite.core.DB;

/**
 * Operations on the driver's statements that JDBC does not offer. Stateless, safe for use by many
 * threads.
 */
final class DriverStatements {
  private DriverStatements() {}

  /**
   * Returns whether the driver has ended the statement. It does so by itself after most failures,
   * although {@code isClosed} then still returns false.
   */
  static boolean isEnded(PreparedStatement statement) {
    return ((CoreStatement) statement).pointer.isClosed();
  }

  /**
   * Resets what a body changed in a statement: its cursor, batch, parameters and settings. The
   * cursor needs this because JDBI executes an update without opening its result: a statement that
   * returns rows would stay active at its first row, and keep the transaction and its snapshot
   * open.
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
