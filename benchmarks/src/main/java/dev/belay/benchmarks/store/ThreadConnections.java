package dev.belay.benchmarks.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jdbi.v3.core.ConnectionFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * A connection for each thread, kept: what a pool is at its best, without its cost, and with the
 * pragmas of a careful user. Safe for use by many threads.
 */
final class ThreadConnections implements ConnectionFactory, AutoCloseable {
  private final StoreSettings settings;
  private final SQLiteConfig config = new SQLiteConfig();
  private final Queue<Connection> opened = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Connection> own = new ThreadLocal<>();

  /** With transactions that begin in this mode. */
  ThreadConnections(StoreSettings settings, TransactionMode mode) {
    this.settings = settings;
    config.setTransactionMode(mode);
    config.setBusyTimeout(StoreSettings.BUSY_TIMEOUT_MS);
    config.setGetGeneratedKeys(false);
  }

  @Override
  public Connection openConnection() throws SQLException {
    Connection connection = own.get();
    if (connection == null) {
      connection = config.createConnection("jdbc:sqlite:" + settings.file());
      opened.add(connection);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode = WAL");
        statement.execute("PRAGMA synchronous = " + settings.sync());
        statement.execute("PRAGMA wal_autocheckpoint = 4000");
        statement.execute("PRAGMA journal_size_limit = 16777216");
        statement.execute("PRAGMA foreign_keys = ON");
        statement.execute("PRAGMA temp_store = MEMORY");
      }
      own.set(connection);
    }
    return connection;
  }

  /** Keeps it: the thread will come back. */
  @Override
  public void closeConnection(Connection connection) {}

  /** Closes the thread's connection, whose state nobody knows after a failure. */
  void discard() throws SQLException {
    Connection connection = own.get();
    if (connection != null) {
      own.remove();
      opened.remove(connection);
      connection.close();
    }
  }

  @Override
  public void close() throws SQLException {
    for (Connection connection : opened) {
      connection.close();
    }
  }
}
