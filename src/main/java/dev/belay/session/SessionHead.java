package dev.belay.session;

import dev.belay.store.StoreCorruptException;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * What a commit needs to know of its session. Immutable, safe for use by many threads.
 *
 * @param no stands for the id in the other tables
 * @param revision how many commits and clears it has seen, 0: there has never been such a session
 * @param leafSeq the event at which it stands, 0 for none
 * @param lastSeq the last event of its log, 0 for none
 * @param clearedSeq the last event from before it was cleared, 0: it never was
 * @param activeAtMs when it was committed to, to the second
 * @param absent whether it was cleared, and not made again, or deleted
 * @param deleted whether its id is burnt
 * @param receipt of the operation that was asked for, if it has one
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
  /** The largest revision and seq: no sum of one and the size of a commit overflows. */
  public static final long COUNTER_MAX = Long.MAX_VALUE / 2;

  /** The head of a session that has never existed. */
  static final SessionHead UNKNOWN = new SessionHead(0, 0, 0, 0, 0, 0, true, false, null);

  /** Refuses what Belay never writes, so that no counter wraps. */
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

  /** The revision that a commit has to expect: 0 if there is no session to be seen. */
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
