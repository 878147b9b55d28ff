package dev.belay.session;

import dev.belay.engine.VerbatimSql;
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
 * The statements that clear sessions, and free the rows of deleted and cleared ones. Belongs to the
 * body that attached it.
 *
 * <p>Every reader has been kept from these rows before; to free them only gives their room back.
 */
@UseTemplateEngine(VerbatimSql.class)
interface UnfreedDao {
  /** Clears a session, and returns its number; empty if it is unknown or deleted. */
  @SqlQuery(
      """
      UPDATE belay_session
      SET    revision = revision + 1, cleared_revision = revision + 1, cleared_seq = last_seq,
             leaf_seq = 0, absent_since_ms = COALESCE(absent_since_ms, :nowMs)
      WHERE  id = :id AND deleted_at_ms IS NULL
      RETURNING no
      """)
  Optional<Long> clear(String id, long nowMs);

  /** Empties the state; 1, or 0 if it was never set. */
  @SqlUpdate(
      """
      UPDATE belay_session_state
      SET    state = ''
      WHERE  session_no = :no
      """)
  int emptyState(long no);

  /** Notes that a session has rows to be freed, from the first; 1, or 0 if it has none at all. */
  @SqlUpdate(
      """
      INSERT INTO belay_session_unfreed (session_no)
      SELECT :no
      WHERE  EXISTS (SELECT 1 FROM belay_session_event WHERE session_no = :no)
         OR  EXISTS (SELECT 1 FROM belay_session_receipt WHERE session_no = :no)
         OR  EXISTS (SELECT 1 FROM belay_session_state WHERE session_no = :no)
      ON CONFLICT (session_no) DO UPDATE
      SET    due_ms = 0, after_seq = 0, after_operation_id = '', stuck_rows = 0
      """)
  int note(long no);

  /** The first session with rows to be freed that is due at {@code dueMs}. */
  @SqlQuery(
      """
      SELECT s.no, s.id, s.deleted_at_ms, s.last_seq, s.cleared_seq, s.cleared_revision,
             u.after_seq, u.after_operation_id, u.stuck_rows
      FROM   belay_session_unfreed u
      CROSS JOIN belay_session s
      WHERE  u.due_ms <= :dueMs AND s.no = u.session_no
      ORDER BY u.due_ms, u.session_no
      LIMIT  1
      """)
  @UseRowMapper(UnfreedMapper.class)
  Optional<Unfreed> first(long dueMs);

  /** When the last of all sessions with rows to be freed is due; empty if there is none. */
  @SqlQuery(
      """
      SELECT due_ms
      FROM   belay_session_unfreed
      ORDER BY due_ms DESC
      LIMIT  1
      """)
  Optional<Long> lastDueMs();

  /** How large the next events are. */
  @SqlQuery(
      """
      SELECT seq, octet_length(payload)
      FROM   belay_session_event
      WHERE  session_no = :no AND seq > :afterSeq AND seq <= :throughSeq
      ORDER BY seq
      LIMIT  :limit
      """)
  @UseRowMapper(EventSize.Mapper.class)
  List<EventSize> events(long no, long afterSeq, long throughSeq, int limit);

  /** Frees events; how many rows that were. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_event
      WHERE  session_no = :no AND seq BETWEEN :fromSeq AND :throughSeq
      """)
  int freeEvents(long no, long fromSeq, long throughSeq);

  /** Frees the state; 1, or 0 if there is none. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_state
      WHERE  session_no = :no
      """)
  int freeState(long no);

  /** How large the state is, as that of an event 0; empty if there is none. */
  @SqlQuery(
      """
      SELECT 0, octet_length(state)
      FROM   belay_session_state
      WHERE  session_no = :no
      """)
  @UseRowMapper(EventSize.Mapper.class)
  List<EventSize> state(long no);

  /** Notes up to where rows have been tried; 1. */
  @SqlUpdate(
      """
      UPDATE belay_session_unfreed
      SET    after_seq = :afterSeq, after_operation_id = :afterOperationId, stuck_rows = :stuckRows
      WHERE  session_no = :no
      """)
  int tried(long no, long afterSeq, String afterOperationId, long stuckRows);

  /** Notes that rows could not go, and when to try again, from the first; 1. */
  @SqlUpdate(
      """
      UPDATE belay_session_unfreed
      SET    due_ms = :dueMs, after_seq = 0, after_operation_id = '', stuck_rows = 0
      WHERE  session_no = :no
      """)
  int tryAgain(long no, long dueMs);

  /** Notes that nothing is left to be freed; 1. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_unfreed
      WHERE  session_no = :no
      """)
  int freed(long no);

  /**
   * A session with rows to be freed. Immutable, safe for use by many threads.
   *
   * @param no of the session
   * @param id of the session
   * @param deleted whether all its rows are to go; else those from before it was cleared
   * @param throughSeq the last event to be freed
   * @param throughRevision whose receipt is the last to be freed
   * @param afterSeq events up to here have been tried
   * @param afterOperationId receipts up to here have been tried
   * @param stuckRows how many of those could not go
   */
  record Unfreed(
      long no,
      String id,
      boolean deleted,
      long throughSeq,
      long throughRevision,
      long afterSeq,
      String afterOperationId,
      long stuckRows) {}

  /** Maps the columns of {@link #first}. Stateless, safe for use by many threads. */
  final class UnfreedMapper implements RowMapper<Unfreed> {
    @Override
    public Unfreed map(ResultSet row, StatementContext context) throws SQLException {
      row.getLong(3);
      boolean deleted = !row.wasNull();
      return new Unfreed(
          row.getLong(1),
          row.getString(2),
          deleted,
          row.getLong(deleted ? 4 : 5),
          deleted ? Long.MAX_VALUE : row.getLong(6),
          row.getLong(7),
          row.getString(8),
          row.getLong(9));
    }
  }
}
