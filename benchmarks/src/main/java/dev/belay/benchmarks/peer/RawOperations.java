package dev.belay.benchmarks.peer;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.sqlite.SQLiteConnection;

/** The operation in plain JDBC, as fast as it goes. Belongs to one thread at a time. */
public final class RawOperations implements AutoCloseable {
  private final RawConnection raw;
  private final PreparedStatement head;
  private final PreparedStatement advance;
  private final PreparedStatement append;

  /** Takes a connection over. */
  public RawOperations(SQLiteConnection connection) throws SQLException {
    raw = new RawConnection(connection);
    head = raw.prepare(SessionSql.positional(SessionSql.HEAD));
    advance = raw.prepare(SessionSql.positional(SessionSql.ADVANCE));
    append = raw.prepare(SessionSql.positional(SessionSql.APPEND));
  }

  /** Takes the write lock. */
  public void begin() throws SQLException {
    raw.begin();
  }

  /** Commits. */
  public void commit() throws SQLException {
    raw.commit();
  }

  /**
   * The operation inside a transaction: the head moves, one event is appended.
   *
   * @param done how many operations this transaction has done on the session before
   * @param readsHead whether to read the head first, as a commit does
   */
  public void advanceAndAppend(OwnSession session, int done, boolean readsHead, String payload)
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
    append.setString(6, SessionFile.TYPE);
    append.setString(7, payload);
    append.executeUpdate();
  }

  /** The operation {@code count} times in the transaction that has begun, and its end. */
  public void finish(OwnSession session, int count, boolean readsHead, String payload)
      throws SQLException {
    boolean committed = false;
    try {
      for (int i = 0; i < count; i++) {
        advanceAndAppend(session, i, readsHead, payload);
      }
      raw.commit();
      committed = true;
    } finally {
      if (!committed) {
        raw.rollback();
      }
    }
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
    raw.close();
  }
}
