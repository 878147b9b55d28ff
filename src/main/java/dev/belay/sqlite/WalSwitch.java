package dev.belay.sqlite;

import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreException;
import dev.belay.store.StoreInterruptedException;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.SQLiteConnection;

/**
 * The switch of a file to WAL mode. Belongs to the thread that opens the store.
 *
 * @param busyTimeoutMs the time to wait for other processes, in milliseconds
 */
record WalSwitch(String name, int busyTimeoutMs) {
  private static final int RETRY_MS_MIN = 1;
  private static final int RETRY_MS_MAX = 50;

  /*
   * SQLite does not call the busy handler for the switch to WAL. It takes a read lock first and
   * then tries to upgrade it, which is BUSY immediately while another connection writes. So this
   * retries.
   */
  void run(SQLiteConnection connection) throws SQLException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(busyTimeoutMs);
    int pauseMs = RETRY_MS_MIN;
    while (true) {
      try {
        String mode = Connections.queryText(connection, "PRAGMA journal_mode = WAL");
        if (!"wal".equals(mode)) {
          throw new StoreException(
              name + ": journal_mode is '" + mode + "', the file system does not allow WAL", null);
        }
        return;
      } catch (SQLException e) {
        if (!SqliteFailures.isBusy(e)) {
          throw e;
        }
        if (System.nanoTime() - deadline >= 0) {
          throw new StoreBusyException(
              name
                  + ": another process kept the file busy for the whole busy timeout of "
                  + busyTimeoutMs
                  + " ms; it could not be switched to WAL",
              e);
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMs));
      if (Thread.currentThread().isInterrupted()) {
        throw new StoreInterruptedException(name + ": interrupted while opening", null);
      }
      pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX);
    }
  }
}
