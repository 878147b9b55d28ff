package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.child.Values;
import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.benchmarks.peer.RawConnection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One connection for all callers of a process, behind a lock. Waits for other processes either as
 * SQLite does, or by trying again after 0.5 to 1.5 ms. Safe for use by many threads.
 */
final class LockedWriter implements Writer {
  private static final long PARK_NANOS_MIN = 500_000;
  private static final long PARK_NANOS_MAX = 1_500_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final RawWrites connection;
  private final boolean parks;

  private LockedWriter(Values settings, int busyTimeoutMs) throws SQLException {
    connection =
        new RawWrites(
            settings.file(),
            settings.text("synchronous"),
            busyTimeoutMs,
            RawConnection.CHECKPOINT_PAGES);
    parks = busyTimeoutMs == 0;
  }

  static LockedWriter waiting(Values settings) throws SQLException {
    return new LockedWriter(settings, ConnectionPerCaller.BUSY_TIMEOUT_MS);
  }

  static LockedWriter parking(Values settings) throws SQLException {
    return new LockedWriter(settings, 0);
  }

  @Override
  public void write(int caller, OwnSession session) throws SQLException {
    lock.lock();
    try {
      while (!begins()) {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PARK_NANOS_MIN, PARK_NANOS_MAX));
      }
      connection.write(session);
    } finally {
      lock.unlock();
    }
  }

  private boolean begins() throws SQLException {
    try {
      connection.begin();
      return true;
    } catch (SQLiteException e) {
      if (parks && e.getErrorCode() == SQLiteErrorCode.SQLITE_BUSY.code) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
