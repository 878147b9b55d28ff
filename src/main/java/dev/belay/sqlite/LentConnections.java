package dev.belay.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Where JDBI gets its connections: from the thread that owns one, and from nowhere else, so that
 * nobody gets around the executor through the {@link Jdbi} that {@code withJdbi} was shown. Safe
 * for use by many threads.
 */
final class LentConnections implements ConnectionFactory {
  private static final ThreadLocal<@Nullable Connection> LENT = new ThreadLocal<>();

  /** Opens a handle of {@code jdbi} on {@code connection}, which the current thread owns. */
  Handle open(Jdbi jdbi, Connection connection) {
    LENT.set(connection);
    try {
      return jdbi.open();
    } finally {
      LENT.remove();
    }
  }

  @Override
  public Connection openConnection() throws SQLException {
    Connection connection = LENT.get();
    if (connection == null) {
      throw new SQLException("connections belong to the store; use the Tx of a body");
    }
    return connection;
  }
}
