package dev.belay.session;

import dev.belay.store.StoreCorruptException;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * The data of a session that a commit needs. Immutable, safe for use by many threads.
 *
 * @param no the session's number, by which other tables refer to it
 * @param revision number of its commits and clears, 0 if the session never existed
 * @param leafSeq seq of the leaf, 0 if there is none
 * @param lastSeq seq of the last event in its log, 0 if there is none
 * @param clearedSeq seq of the last event from before its last clear, 0 if it was never cleared
 * @param activeAtMs time of its last activity in milliseconds since the epoch, updated at most once
 *     a second
 * @param absent true if the session was deleted, or was cleared without a later commit
 * @param deleted true if its id is burnt
 * @param receipt the receipt of the requested operation, null if there is none
 */
public record SessionHead(
    long no,
    long revision,
    long leafSeq,
    long lastSeq,
    long clearedSeq,
    long activeAtMs,
    boolean absent,
    boolean deleted,
    @Nullable Receipt receipt) {
  /**
   * The largest revision and seq: half of the range of a {@code long}, so that adding the size of a
   * commit never overflows.
   */
  public static final long COUNTER_MAX = Long.MAX_VALUE / 2;

  /** The head of a session that has never existed. */
  static final SessionHead UNKNOWN = new SessionHead(0, 0, 0, 0, 0, 0, true, false, null);

  /** Refuses values that Belay never writes, so that no counter overflows. */
  public SessionHead {
    if (revision < 0
        || revision > COUNTER_MAX
        || lastSeq < 0
        || lastSeq > COUNTER_MAX
        || leafSeq < 0
        || leafSeq > lastSeq
        || clearedSeq < 0
        || clearedSeq > lastSeq) {
      throw new StoreCorruptException(
          "session no. "
              + no
              + " has revision "
              + revision
              + ", leaf "
              + leafSeq
              + ", last event "
              + lastSeq
              + ", cleared up to "
              + clearedSeq,
          null);
    }
  }

  /** Returns the revision that a commit must expect: 0 if the session is not visible. */
  long seenRevision() {
    return absent ? 0 : revision;
  }

  private SessionHead with(Receipt found) {
    return new SessionHead(
        no, revision, leafSeq, lastSeq, clearedSeq, activeAtMs, absent, deleted, found);
  }

  /** Maps the columns of a head without a receipt. Stateless, safe for use by many threads. */
  static final class Mapper implements RowMapper<SessionHead> {
    private static final int ABSENT = 1;
    private static final int DELETED = 2;

    @Override
    public SessionHead map(ResultSet row, StatementContext context) throws SQLException {
      int gone = row.getInt(7);
      return new SessionHead(
          row.getLong(1),
          row.getLong(2),
          row.getLong(3),
          row.getLong(4),
          row.getLong(5),
          row.getLong(6),
          gone >= ABSENT,
          gone == DELETED,
          null);
    }
  }

  /** Maps the columns of a head and a receipt. Stateless, safe for use by many threads. */
  static final class ReceiptMapper implements RowMapper<SessionHead> {
    private final Mapper head = new Mapper();

    @Override
    public SessionHead map(ResultSet row, StatementContext context) throws SQLException {
      SessionHead found = head.map(row, context);
      int hashFormat = row.getInt(8);
      return row.wasNull()
          ? found
          : found.with(
              new Receipt(
                  hashFormat,
                  row.getBytes(9),
                  row.getLong(10),
                  row.getLong(11),
                  row.getLong(12),
                  EnqueuedBytes.decode(row.getBytes(13), found.no())));
    }
  }
}
