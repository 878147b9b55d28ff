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
 * The statements that clear and delete sessions, and free the rows of deleted and cleared sessions.
 * Belongs to the body that attached it.
 *
 * <p>No reader can see these rows any longer; freeing them only makes their space usable again.
 */
@UseTemplateEngine(VerbatimSql.class)
interface UnfreedDao {
  /**
   * Burns an id and returns the number of its session; empty if there is no such session. The rows
   * of the session are freed later, in batches.
   */
  @SqlQuery(
      """
      UPDATE belay_session
      SET    deleted_at_ms = :nowMs, absent_since_ms = COALESCE(absent_since_ms, :nowMs)
      WHERE  id = :id AND deleted_at_ms IS NULL
      RETURNING no
      """)
  Optional<Long> burn(String id, long nowMs);

  /** Clears a session and returns its number; empty if the session is unknown or deleted. */
  @SqlQuery(
      """
      UPDATE belay_session
      SET    revision = revision + 1, cleared_revision = revision + 1, cleared_seq = last_seq,
             leaf_seq = 0, absent_since_ms = COALESCE(absent_since_ms, :nowMs)
      WHERE  id = :id AND deleted_at_ms IS NULL
      RETURNING no
      """)
  Optional<Long> clear(String id, long nowMs);

  /** Sets the state to {@code ""}. Returns 1, or 0 if the state was never set. */
  @SqlUpdate(
      """
      UPDATE belay_session_state
      SET    state = ''
      WHERE  session_no = :no
      """)
  int emptyState(long no);

  /**
   * Stores that a session has rows to free, starting with its first row. Returns 1, or 0 if it has
   * no rows.
   */
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

  /** Returns the first session with rows to free that is due at {@code dueMs}. */
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

  /**
   * Returns the latest due time of all sessions with rows to free, in milliseconds since the epoch;
   * empty if there is none.
   */
  @SqlQuery(
      """
      SELECT due_ms
      FROM   belay_session_unfreed
      ORDER BY due_ms DESC
      LIMIT  1
      """)
  Optional<Long> lastDueMs();

  /** Returns the sizes of the next events. */
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

  /** Deletes the events of a range, both ends inclusive. Returns the number deleted. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_event
      WHERE  session_no = :no AND seq BETWEEN :fromSeq AND :throughSeq
      """)
  int freeEvents(long no, long fromSeq, long throughSeq);

  /** Deletes the state. Returns 1, or 0 if there is none. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_state
      WHERE  session_no = :no
      """)
  int freeState(long no);

  /** Returns the size of the state as that of an event with seq 0; empty if there is none. */
  @SqlQuery(
      """
      SELECT 0, octet_length(state)
      FROM   belay_session_state
      WHERE  session_no = :no
      """)
  @UseRowMapper(EventSize.Mapper.class)
  List<EventSize> state(long no);

  /** Stores the progress in a session. Returns 1. */
  @SqlUpdate(
      """
      UPDATE belay_session_unfreed
      SET    after_seq = :afterSeq, after_operation_id = :afterOperationId, stuck_rows = :stuckRows
      WHERE  session_no = :no
      """)
  int tried(long no, long afterSeq, String afterOperationId, long stuckRows);

  /**
   * Stores when a session with stuck rows is tried again, starting with its first row. Returns 1.
   */
  @SqlUpdate(
      """
      UPDATE belay_session_unfreed
      SET    due_ms = :dueMs, after_seq = 0, after_operation_id = '', stuck_rows = 0
      WHERE  session_no = :no
      """)
  int tryAgain(long no, long dueMs);

  /** Stores that a session has no more rows to free. Returns 1. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_unfreed
      WHERE  session_no = :no
      """)
  int freed(long no);

  /**
   * A session with rows to free. Immutable, safe for use by many threads.
   *
   * @param no number of the session
   * @param id id of the session
   * @param deleted true if all its rows are to be freed, false if only those from before its last
   *     clear
   * @param throughSeq seq of the last event to free
   * @param throughRevision receipts up to this revision, inclusive, are to be freed
   * @param afterSeq events up to this seq, inclusive, have been tried
   * @param afterOperationId receipts up to this operation id, inclusive, have been tried
   * @param stuckRows number of the tried rows that are stuck
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
