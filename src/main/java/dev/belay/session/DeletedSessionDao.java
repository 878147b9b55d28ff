package dev.belay.session;

import dev.belay.store.VerbatimSql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements that free the rows of deleted sessions. Belongs to the body that attached it.
 *
 * <p>A deleted session is already unknown to every reader; these only give its room back.
 */
@UseTemplateEngine(VerbatimSql.class)
interface DeletedSessionDao {
  /** A deleted session that still has rows. */
  @SqlQuery(
      """
      SELECT no
      FROM   belay_session
      WHERE  deleted_at_ms IS NOT NULL AND freed_at_ms IS NULL
      ORDER BY no
      LIMIT  1
      """)
  Optional<Long> firstUnfreed();

  /** How large the first events of the log are. */
  @SqlQuery(
      """
      SELECT seq, octet_length(payload)
      FROM   belay_session_event
      WHERE  session_no = :no
      ORDER BY seq
      LIMIT  :limit
      """)
  @UseRowMapper(SizeMapper.class)
  List<EventSize> firstEvents(long no, int limit);

  /** Frees the log up to and including an event; how many rows that were. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_event
      WHERE  session_no = :no AND seq <= :throughSeq
      """)
  int freeEvents(long no, long throughSeq);

  /** Frees some receipts; how many rows that were. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_receipt
      WHERE  session_no = :no
        AND  operation_id IN (
               SELECT operation_id
               FROM   belay_session_receipt
               WHERE  session_no = :no
               ORDER BY operation_id
               LIMIT  :limit)
      """)
  int freeReceipts(long no, int limit);

  /** Frees the state; 1, or 0 if it was never set. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_state
      WHERE  session_no = :no
      """)
  int freeState(long no);

  /** Notes that a deleted session has no rows left; 1, or 0 if that is noted. */
  @SqlUpdate(
      """
      UPDATE belay_session
      SET    freed_at_ms = :nowMs
      WHERE  no = :no AND deleted_at_ms IS NOT NULL AND freed_at_ms IS NULL
      """)
  int markFreed(long no, long nowMs);

  /**
   * The size of an event. Immutable, safe for use by many threads.
   *
   * @param seq its place in the log
   * @param bytes of its payload, in UTF-8
   */
  record EventSize(long seq, long bytes) {}

  /** Maps the columns of {@link #firstEvents}. Stateless, safe for use by many threads. */
  final class SizeMapper implements RowMapper<EventSize> {
    @Override
    public EventSize map(ResultSet row, StatementContext context) throws SQLException {
      return new EventSize(row.getLong(1), row.getLong(2));
    }
  }
}
