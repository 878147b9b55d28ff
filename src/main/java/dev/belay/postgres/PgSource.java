package dev.belay.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.core.BaseConnection;

/**
 * Opens connections: of a host's pool, or new ones. Safe for use by many threads.
 *
 * <p>There is no pool here. A store keeps the few connections that it uses.
 */
interface PgSource {
  /** Opens a connection that is in no transaction. */
  Connection open() throws SQLException;

  /**
   * Ends a connection whose session has been changed, so that a pool that has lent it does not lend
   * it again. To reset the session would also reset what the pool itself has set.
   */
  static void end(Connection connection) throws SQLException {
    try {
      connection.unwrap(BaseConnection.class).close();
      connection.createStatement().close(); // the pool learns of it by the failure
    } catch (SQLException e) {
      // as intended
    } finally {
      connection.close();
    }
  }
}
