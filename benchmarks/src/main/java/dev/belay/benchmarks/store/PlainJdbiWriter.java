package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.benchmarks.peer.RawConnection;
import dev.belay.benchmarks.peer.SessionFile;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * JDBI as its documentation shows it: {@code inTransaction}, attach, call. Safe for use by many
 * threads.
 *
 * <p>A transaction that SQLite refuses as BUSY is tried again at once. An immediate one has been
 * refused its BEGIN, of which the driver keeps no right idea, so it goes on with a new connection.
 * A deferred one that has read is refused its first write without any wait if another has written
 * since: it is rolled back like any other, and its connection stays.
 */
final class PlainJdbiWriter implements SessionWriter {
  private final ThreadConnections connections;
  private final Jdbi jdbi;
  private final boolean immediate;
  private final boolean readsHead;

  PlainJdbiWriter(StoreSettings settings, TransactionMode mode, boolean readsHead) {
    this.connections = new ThreadConnections(settings, mode);
    this.immediate = mode == TransactionMode.IMMEDIATE;
    this.jdbi = Jdbi.create(connections).installPlugin(new SqlObjectPlugin());
    this.readsHead = readsHead;
  }

  @Override
  public int write(OwnSession session, String payload, int count) throws SQLException {
    int busy = 0;
    while (true) {
      try {
        jdbi.useTransaction(handle -> writeAll(handle, session, payload, count));
        session.advanced(count);
        return busy;
      } catch (JdbiException e) {
        if (!RawConnection.isBusy(e)) {
          throw e;
        }
        busy++;
        if (immediate) {
          connections.discard();
          PlainHead head = jdbi.withExtension(PlainSessionDao.class, dao -> dao.head(session.id()));
          session.foundAt(head.revision(), head.lastSeq());
        }
      }
    }
  }

  private void writeAll(Handle handle, OwnSession session, String payload, int count) {
    PlainSessionDao dao = handle.attach(PlainSessionDao.class);
    for (int i = 0; i < count; i++) {
      advanceAndAppend(dao, session, i, payload);
    }
  }

  private void advanceAndAppend(PlainSessionDao dao, OwnSession session, int done, String payload) {
    long revision = session.revision() + done;
    long lastSeq = session.lastSeq() + done;
    if (readsHead) {
      PlainHead head = dao.head(session.id());
      if (head.revision() != revision) {
        throw new IllegalStateException("somebody else moved " + session.id());
      }
      lastSeq = head.lastSeq();
    }
    long nowMs = System.currentTimeMillis();
    long seq = lastSeq + 1;
    if (dao.advance(session.no(), revision, seq, seq, nowMs) != 1) {
      throw new IllegalStateException("somebody else moved " + session.id());
    }
    dao.append(session.no(), seq, lastSeq, nowMs, null, SessionFile.TYPE, payload);
  }

  @Override
  public void close() throws SQLException {
    connections.close();
  }
}
