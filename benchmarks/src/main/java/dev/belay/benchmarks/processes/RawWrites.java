package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.benchmarks.peer.RawConnection;
import dev.belay.benchmarks.peer.RawOperations;
import dev.belay.benchmarks.peer.SessionFile;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteConnection;

/**
 * {@link RawOperations}, a transaction each, which note their times. Belongs to one thread at a
 * time.
 */
final class RawWrites implements AutoCloseable {
  private final RawOperations raw;

  RawWrites(Path file, String synchronous, int busyTimeoutMs, int checkpointPages)
      throws SQLException {
    // waits while it is opened, whatever the writes do
    SQLiteConnection connection =
        RawConnection.connect(
            file, synchronous, ConnectionPerCaller.BUSY_TIMEOUT_MS, checkpointPages);
    raw = new RawOperations(connection);
    connection.setBusyTimeout(busyTimeoutMs);
  }

  /** Takes the write lock, waiting for it inside SQLite for as long as the busy timeout. */
  void begin() throws SQLException {
    raw.begin();
  }

  void write(OwnSession session) throws SQLException {
    session.locked();
    raw.advanceAndAppend(session, 0, false, SessionFile.PAYLOAD);
    session.written();
    raw.commit();
    session.advanced(1);
  }

  @Override
  public void close() throws SQLException {
    raw.close();
  }
}
