package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.SessionSql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * JDBC as fast as it goes. Belongs to one thread at a time.
 *
 * <p>Every statement is prepared once, BEGIN and COMMIT included; the driver neither asks for
 * generated keys nor steps a transaction of its own around each statement.
 */
final class RawConnection implements AutoCloseable {
  private final SQLiteConnection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement rollback;
  private final PreparedStatement head;
  private final PreparedStatement advance;
  private final PreparedStatement append;

  RawConnection(Path file, Sync sync, int busyTimeoutMs) throws SQLException {
    connection = connect(file, sync, busyTimeoutMs);
    // From here on the flag only tells the driver to keep its own BEGIN and COMMIT to itself.
    connection.getConnectionConfig().setAutoCommit(false);
    begin = connection.prepareStatement("BEGIN IMMEDIATE");
    commit = connection.prepareStatement("COMMIT");
    rollback = connection.prepareStatement("ROLLBACK");
    head = connection.prepareStatement(SessionSql.positional(SessionSql.HEAD));
    advance = connection.prepareStatement(SessionSql.positional(SessionSql.ADVANCE));
    append = connection.prepareStatement(SessionSql.positional(SessionSql.APPEND));
  }

  /** The driver alone: a connection with the pragmas that a careful user sets. */
  static SQLiteConnection connect(Path file, Sync sync, int busyTimeoutMs) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(busyTimeoutMs);
    config.setGetGeneratedKeys(false);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = " + sync);
      statement.execute("PRAGMA wal_autocheckpoint = 4000");
      statement.execute("PRAGMA journal_size_limit = 16777216");
      statement.execute("PRAGMA foreign_keys = ON");
      statement.execute("PRAGMA temp_store = MEMORY");
    }
    return (SQLiteConnection) connection;
  }

  static boolean isBusy(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException sqlite) {
        return sqlite.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code;
      }
    }
    return false;
  }

  void begin() throws SQLException {
    begin.execute();
  }

  void commit() throws SQLException {
    commit.execute();
  }

  void rollback() throws SQLException {
    rollback.execute();
  }

  /**
   * The operation inside a transaction: the head moves, one event is appended.
   *
   * @param done how many operations this transaction has done on the session before
   * @param readsHead whether to read the head first, as a commit does
   */
  void advanceAndAppend(OwnSession session, int done, boolean readsHead, String payload)
      throws SQLException {
    long revision = session.revision() + done;
    long lastSeq = readsHead ? lastSeq(session, revision) : session.lastSeq() + done;
    long nowMs = System.currentTimeMillis();
    advance.setLong(1, lastSeq + 1);
    advance.setLong(2, lastSeq + 1);
    advance.setLong(3, nowMs);
    advance.setLong(4, session.no());
    advance.setLong(5, revision);
    if (advance.executeUpdate() != 1) {
      throw new IllegalStateException("somebody else moved " + session.id());
    }
    append.setLong(1, session.no());
    append.setLong(2, lastSeq + 1);
    append.setLong(3, lastSeq);
    append.setLong(4, nowMs);
    append.setNull(5, Types.VARCHAR);
    append.setString(6, SessionWriter.EVENT_TYPE);
    append.setString(7, payload);
    append.executeUpdate();
  }

  private long lastSeq(OwnSession session, long revision) throws SQLException {
    head.setString(1, session.id());
    try (ResultSet row = head.executeQuery()) {
      if (!row.next() || row.getLong(2) != revision) {
        throw new IllegalStateException("somebody else moved " + session.id());
      }
      return row.getLong(4);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
