package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.peer.RawConnection;
import dev.belay.benchmarks.peer.SessionSql;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.sqlite.SQLiteConnection;

/**
 * The same write as fast as JDBC does it: Belay's tables, statements and pragmas. Belongs to one
 * thread at a time.
 */
final class RawWrites implements AutoCloseable {
  private final RawConnection raw;
  private final PreparedStatement advance;
  private final PreparedStatement append;

  RawWrites(Path file, String synchronous, int busyTimeoutMs, Checkpoints checkpoints)
      throws SQLException {
    // waits while it is opened, whatever the writes do
    SQLiteConnection connection =
        RawConnection.connect(
            file, synchronous, ConnectionPerCaller.BUSY_TIMEOUT_MS, checkpoints.pages());
    raw = new RawConnection(connection);
    advance = raw.prepare(SessionSql.positional(SessionSql.ADVANCE));
    append = raw.prepare(SessionSql.positional(SessionSql.APPEND));
    connection.setBusyTimeout(busyTimeoutMs);
  }

  /** Takes the write lock, waiting for it inside SQLite for as long as the busy timeout. */
  void begin() throws SQLException {
    raw.begin();
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
    raw.commit();
    session.moved();
  }

  @Override
  public void close() {
    try {
      raw.close();
    } catch (SQLException e) {
      throw new IllegalStateException("closing failed", e);
    }
  }
}
