package dev.belay.benchmarks.store;

import dev.belay.benchmarks.peer.OwnSession;
import dev.belay.benchmarks.peer.Scratch;
import dev.belay.benchmarks.peer.SessionFile;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A peer on a fresh store, with a session for each caller. Made and closed by one thread, otherwise
 * safe for use by many threads.
 */
final class WriterTrial implements AutoCloseable {
  private final Scratch store = new Scratch();
  private final Queue<OwnSession> sessions = new ConcurrentLinkedQueue<>();
  private final SessionWriter writer;
  private final String payload;

  WriterTrial(String peer, Sync sync, int payloadBytes, int commitGroupMax, int callers)
      throws SQLException {
    StoreSettings settings = new StoreSettings(store.file(), sync, commitGroupMax);
    SessionFile.create(store.file(), callers);
    for (int no = 1; no <= callers; no++) {
      sessions.add(SessionFile.session(no));
    }
    this.payload = "x".repeat(payloadBytes);
    this.writer = SessionWriter.of(peer, settings);
  }

  /** A session that nobody else has. */
  OwnSession takeSession() {
    return sessions.remove();
  }

  /** The operation, {@code count} times in one transaction. */
  int write(OwnSession session, int count) throws SQLException {
    return writer.write(session, payload, count);
  }

  @Override
  public void close() throws SQLException {
    writer.close();
    store.close();
  }
}
