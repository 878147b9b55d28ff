package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.benchmarks.peer.RawConnection;
import dev.belay.benchmarks.peer.RawOperations;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * {@link RawOperations}, one for each caller, with SQLite's own busy timeout to wait for the lock.
 * Safe for use by many threads.
 */
final class RawPerThreadWriter implements SessionWriter {
  private final StoreSettings settings;
  private final Queue<RawOperations> opened = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<RawOperations> own = new ThreadLocal<>();

  RawPerThreadWriter(StoreSettings settings) {
    this.settings = settings;
  }

  @Override
  public int write(OwnSession session, String payload, int count) throws SQLException {
    RawOperations connection = connection();
    int busy = begin(connection);
    connection.finish(session, count, false, payload);
    session.advanced(count);
    return busy;
  }

  private static int begin(RawOperations connection) throws SQLException {
    int busy = 0;
    while (true) {
      try {
        connection.begin();
        return busy;
      } catch (SQLException e) {
        if (!RawConnection.isBusy(e)) {
          throw e;
        }
        busy++; // the busy timeout is over: a user would try again, or give up
      }
    }
  }

  private RawOperations connection() throws SQLException {
    RawOperations connection = own.get();
    if (connection == null) {
      connection = new RawOperations(settings.connect());
      opened.add(connection);
      own.set(connection);
    }
    return connection;
  }

  @Override
  public void close() throws SQLException {
    for (RawOperations connection : opened) {
      connection.close();
    }
  }
}
