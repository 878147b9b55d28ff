package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.OwnSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Waits as SQLite does by itself, with a busy timeout of 15 s: a connection for every caller. Safe
 * for use by as many callers as it was opened for.
 */
final class ConnectionPerCaller implements Writer {
  static final int BUSY_TIMEOUT_MS = 15_000;

  private final List<RawWrites> connections = new ArrayList<>();

  ConnectionPerCaller(Values settings, int checkpointPages) throws SQLException {
    for (int caller = 0; caller < settings.number("callers"); caller++) {
      connections.add(
          new RawWrites(
              settings.file(), settings.text("synchronous"), BUSY_TIMEOUT_MS, checkpointPages));
    }
  }

  @Override
  public void write(int caller, OwnSession session) throws SQLException {
    RawWrites connection = connections.get(caller);
    connection.begin();
    connection.write(session);
  }

  @Override
  public void close() throws SQLException {
    for (RawWrites connection : connections) {
      connection.close();
    }
  }
}
