package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.benchmarks.peer.RawOperations;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The floor: {@link RawOperations}, one for all callers, behind a lock. Safe for use by many
 * threads.
 *
 * <p>The lock is not fair: whoever comes while it is free has it, which is the fastest that hand
 * written code can do, and its longest waits are the longest too.
 */
final class RawSharedWriter implements SessionWriter {
  private final ReentrantLock lock = new ReentrantLock();
  private final RawOperations connection;
  private final boolean readsHead;

  RawSharedWriter(StoreSettings settings, boolean readsHead) throws SQLException {
    this.connection = new RawOperations(settings.connect());
    this.readsHead = readsHead;
  }

  @Override
  public int write(OwnSession session, String payload, int count) throws SQLException {
    lock.lock();
    try {
      connection.begin();
      connection.finish(session, count, readsHead, payload);
    } finally {
      lock.unlock();
    }
    session.advanced(count);
    return 0;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
