package dev.belay.benchmarks.queue;

import dev.belay.Belay;
import dev.belay.benchmarks.peer.RawConnection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * Connections of the plain driver, as whoever tunes a peer would open them. Safe for use by many
 * threads.
 *
 * <p>WAL, {@code synchronous = NORMAL} and checkpoints at 4,000 pages, as Belay's writer has it
 * when its own commits must make them; the driver's question for generated keys, which costs every
 * INSERT a second statement, is off.
 */
final class PlainSqlite {
  private static final int RAW_BUSY_TIMEOUT_MS = 30_000;
  private static final String BUSY_TIMEOUT_MS = Integer.toString(RAW_BUSY_TIMEOUT_MS);

  private PlainSqlite() {}

  /** A raw peer's connection to a file with Belay's schema. */
  static RawConnection raw(Path file) throws SQLException {
    Belay.open(file).close();
    return new RawConnection(
        RawConnection.connect(file, "NORMAL", RAW_BUSY_TIMEOUT_MS, RawConnection.CHECKPOINT_PAGES));
  }

  /** A pool of connections, as a peer gets them. */
  static ConnectionPool pool(Path file, int size, TransactionMode mode) throws SQLException {
    return new ConnectionPool(size, () -> open(file, mode));
  }

  private static Connection open(Path file, TransactionMode mode) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("busy_timeout", BUSY_TIMEOUT_MS);
    properties.setProperty("transaction_mode", mode.name());
    properties.setProperty("jdbc.get_generated_keys", "false");
    Connection connection = new org.sqlite.JDBC().connect("jdbc:sqlite:" + file, properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = NORMAL");
      statement.execute("PRAGMA wal_autocheckpoint = 4000");
      statement.execute("PRAGMA temp_store = MEMORY");
    }
    return connection;
  }
}
