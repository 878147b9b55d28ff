package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.peer.SessionSql;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * The same write as fast as JDBC does it: Belay's tables, statements and pragmas, every statement
 * prepared once, the transaction begun and ended by statements too, no query for generated keys.
 * Belongs to one thread at a time.
 */
final class RawConnection implements AutoCloseable {
  private final SQLiteConnection connection;
  private final PreparedStatement begin;
  private final PreparedStatement advance;
  private final PreparedStatement append;
  private final PreparedStatement commit;

  RawConnection(Path file, String synchronous, int busyTimeoutMs, Checkpoints checkpoints)
      throws SQLException {
    connection = connect(file, synchronous, checkpoints);
    begin = connection.prepareStatement("BEGIN IMMEDIATE");
    advance = connection.prepareStatement(SessionSql.positional(SessionSql.ADVANCE));
    append = connection.prepareStatement(SessionSql.positional(SessionSql.APPEND));
    commit = connection.prepareStatement("COMMIT");
    // else the driver begins and commits around every statement by itself
    connection.getConnectionConfig().setAutoCommit(false);
    connection.setBusyTimeout(busyTimeoutMs);
  }

  /** A connection with the pragmas of Belay's writer; it waits for others for 15 s. */
  static SQLiteConnection connect(Path file, String synchronous, Checkpoints checkpoints)
      throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(ConnectionPerCaller.BUSY_TIMEOUT_MS);
    config.setGetGeneratedKeys(false);
    SQLiteConnection connection =
        new JDBC4Connection("jdbc:sqlite:" + file, file.toString(), config.toProperties());
    try (Statement pragmas = connection.createStatement()) {
      pragmas.execute("PRAGMA journal_mode = WAL");
      pragmas.execute("PRAGMA synchronous = " + synchronous);
      pragmas.execute("PRAGMA wal_autocheckpoint = " + checkpoints.pages());
      pragmas.execute("PRAGMA journal_size_limit = " + (16 << 20));
      pragmas.execute("PRAGMA temp_store = MEMORY");
      pragmas.execute("PRAGMA foreign_keys = ON");
    }
    return connection;
  }

  /** Takes the write lock, waiting for it inside SQLite for as long as the busy timeout. */
  void begin() throws SQLException {
    begin.execute();
  }

  void write(OwnSession session) throws SQLException {
    session.locked();
    long nowMs = System.currentTimeMillis();
    long seq = session.seq() + 1;
    advance.setLong(1, seq);
    advance.setLong(2, seq);
    advance.setLong(3, nowMs);
    advance.setLong(4, session.no());
    advance.setLong(5, session.revision());
    if (advance.executeUpdate() != 1) {
      throw new IllegalStateException("session " + session.no() + " was moved by somebody else");
    }
    append.setLong(1, session.no());
    append.setLong(2, seq);
    append.setLong(3, session.seq());
    append.setLong(4, nowMs);
    append.setNull(5, Types.VARCHAR);
    append.setString(6, SessionFile.TYPE);
    append.setString(7, SessionFile.PAYLOAD);
    append.executeUpdate();
    session.written();
    commit.execute();
    session.moved();
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("closing failed", e);
    }
  }
}
