package dev.belay.benchmarks.peer;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * JDBC as fast as it goes: what every raw peer stands on. Belongs to one thread at a time.
 *
 * <p>It has Belay's pragmas; every statement is prepared once, BEGIN, COMMIT and ROLLBACK included;
 * the driver neither asks for generated keys nor steps a transaction of its own around each
 * statement.
 */
public final class RawConnection implements AutoCloseable {
  /** After how many pages of the WAL a commit also makes a checkpoint, as Belay's writer has it. */
  public static final int CHECKPOINT_PAGES = 4_000; // 16 MB

  /** SQLite's default, which whoever sets nothing gets. */
  public static final int CHECKPOINT_PAGES_STOCK = 1_000;

  private static final int JOURNAL_BYTES_KEPT = 16 << 20; // 16 MiB

  /** Statements of one transaction. */
  public interface Body<T> {
    /** Runs them. */
    T run() throws SQLException;
  }

  private final SQLiteConnection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement rollback;

  /** Takes a connection over. */
  public RawConnection(SQLiteConnection connection) throws SQLException {
    this.connection = connection;
    // From here on the flag only tells the driver to keep its own BEGIN and COMMIT to itself.
    connection.getConnectionConfig().setAutoCommit(false);
    begin = connection.prepareStatement("BEGIN IMMEDIATE");
    commit = connection.prepareStatement("COMMIT");
    rollback = connection.prepareStatement("ROLLBACK");
  }

  /**
   * Opens the driver's connection alone, with the pragmas that a careful user sets.
   *
   * @param synchronous {@code NORMAL} or {@code FULL}
   */
  public static SQLiteConnection connect(
      Path file, String synchronous, int busyTimeoutMs, int checkpointPages) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(busyTimeoutMs);
    config.setGetGeneratedKeys(false);
    SQLiteConnection connection =
        new JDBC4Connection("jdbc:sqlite:" + file, file.toString(), config.toProperties());
    try (Statement pragmas = connection.createStatement()) {
      pragmas.execute("PRAGMA journal_mode = WAL");
      pragmas.execute("PRAGMA synchronous = " + synchronous);
      pragmas.execute("PRAGMA wal_autocheckpoint = " + checkpointPages);
      pragmas.execute("PRAGMA journal_size_limit = " + JOURNAL_BYTES_KEPT);
      pragmas.execute("PRAGMA temp_store = MEMORY");
      pragmas.execute("PRAGMA foreign_keys = ON");
    }
    return connection;
  }

  /** Whether {@code failure} is that another connection holds the lock. */
  public static boolean isBusy(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException sqlite) {
        return sqlite.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code;
      }
    }
    return false;
  }

  /** The driver's connection. */
  public SQLiteConnection jdbc() {
    return connection;
  }

  /** Prepares a statement that ends with the connection. */
  public PreparedStatement prepare(String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  /** Takes the write lock, waiting for it inside SQLite for as long as the busy timeout. */
  public void begin() throws SQLException {
    begin.execute();
  }

  /** Commits. */
  public void commit() throws SQLException {
    commit.execute();
  }

  /** Rolls back. */
  public void rollback() throws SQLException {
    rollback.execute();
  }

  /** Runs {@code body} in a transaction that writes. */
  public <T> T write(Body<T> body) throws SQLException {
    begin();
    boolean done = false;
    try {
      T value = body.run();
      commit();
      done = true;
      return value;
    } finally {
      if (!done) {
        rollback();
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
