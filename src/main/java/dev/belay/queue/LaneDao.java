package dev.belay.queue;

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
import org.jspecify.annotations.Nullable;

/**
 * The statements of the lanes and their lines. Belongs to the body that attached it.
 *
 * <p>A line may be very long, so statements walk it from one of its ends and not beyond the size of
 * a grant. They find its end by {@code ORDER BY … DESC LIMIT 1}, because {@code MAX} walks the
 * whole line.
 */
@UseTemplateEngine(VerbatimSql.class)
interface LaneDao {
  /** Returns the due scheduled work of a lane, the earliest first. */
  @SqlQuery(
      """
      SELECT id
      FROM   belay_work
      WHERE  queue = :queue AND lane = :lane AND state = 'SCHEDULED' AND due_at_ms <= :nowMs
      ORDER BY due_at_ms, id
      LIMIT  :limit
      """)
  List<Long> coming(String queue, String lane, long nowMs, int limit);

  /** Returns the places of a line, head first. */
  @SqlQuery(
      """
      SELECT id, state, token, line_pos, due_at_ms, expires_at_ms, lapses, cancel_requested
      FROM   belay_work
      WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
      ORDER BY line_pos
      LIMIT  :limit
      """)
  @UseRowMapper(LinePlaceMapper.class)
  List<LinePlace> line(String queue, String lane, int limit);

  /**
   * Adds work at the end of a line. Returns the state of the work, or empty if its key is taken.
   */
  @SqlQuery(
      """
      INSERT INTO belay_work
             (id, queue, state, type, key, key_life, payload_bytes, lane, line_pos,
              priority, attempts_max, enqueued_at_ms)
      SELECT :id, :queue, CASE WHEN line.last IS NULL THEN 'READY' ELSE 'WAITING' END, :type, :key,
             :keyLife, :payloadBytes, :lane, COALESCE(line.last, 0) + 1, :priority, :attemptsMax, :nowMs
      FROM   (SELECT (SELECT line_pos
                      FROM   belay_work
                      WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
                      ORDER BY line_pos DESC
                      LIMIT  1) AS last) AS line
      WHERE  true
      """
          + EnqueueDao.UNLESS_KEY_IS_TAKEN
          + "RETURNING state")
  Optional<String> addLast(
      long id,
      String queue,
      String lane,
      String type,
      @Nullable String key,
      @Nullable String keyLife,
      long payloadBytes,
      int priority,
      int attemptsMax,
      long nowMs);

  /** Moves scheduled work to the end of its line. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    (state, line_pos) = (
               SELECT CASE WHEN line.last IS NULL THEN 'READY' ELSE 'WAITING' END,
                      COALESCE(line.last, 0) + 1
               FROM   (SELECT (SELECT w.line_pos
                               FROM   belay_work w
                               WHERE  w.queue = :queue AND w.lane = :lane
                                 AND  w.line_pos IS NOT NULL
                               ORDER BY w.line_pos DESC
                               LIMIT  1) AS last) AS line),
             due_at_ms = NULL
      WHERE  id = :id AND queue = :queue AND lane = :lane AND state = 'SCHEDULED'
      """)
  int join(long id, String queue, String lane);

  /** Moves the earliest due scheduled work of a lane to the end of its line. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    (state, line_pos) = (
               SELECT CASE WHEN line.last IS NULL THEN 'READY' ELSE 'WAITING' END,
                      COALESCE(line.last, 0) + 1
               FROM   (SELECT (SELECT w.line_pos
                               FROM   belay_work w
                               WHERE  w.queue = :queue AND w.lane = :lane
                                 AND  w.line_pos IS NOT NULL
                               ORDER BY w.line_pos DESC
                               LIMIT  1) AS last) AS line),
             due_at_ms = NULL
      WHERE  id = (SELECT id
                   FROM   belay_work
                   WHERE  queue = :queue AND lane = :lane AND state = 'SCHEDULED'
                     AND  due_at_ms <= :nowMs
                   ORDER BY due_at_ms, id
                   LIMIT  1)
      """)
  int joinNext(String queue, String lane, long nowMs);

  /** Ends the delay of a due retry: from now on it waits only for its lane. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    due_at_ms = NULL
      WHERE  id = :id AND lane IS NOT NULL AND state = 'WAITING'
      """)
  int resume(long id);

  /** Makes the head of a line READY, if it is WAITING without a delay. Returns 1 or 0. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'READY'
      WHERE  id = (SELECT id
                   FROM   belay_work
                   WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
                   ORDER BY line_pos
                   LIMIT  1)
        AND  state = 'WAITING' AND due_at_ms IS NULL
      """)
  int readyHead(String queue, String lane);

  /** Renews a lane grant as a whole. Returns the number of its claims. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    expires_at_ms = :expiresAtMs
      WHERE  id IN (SELECT id
                    FROM   belay_work
                    WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
                    ORDER BY line_pos
                    LIMIT  :limit)
        AND  state = 'CLAIMED' AND token = :token
      """)
  int renewGrant(String queue, String lane, long token, long expiresAtMs, int limit);

  /**
   * A place in the line of a lane. Immutable, safe for use by many threads.
   *
   * @param id the work
   * @param state its state
   * @param token the token of its last claim, 0 if there was none
   * @param linePos its place, larger than all places before it; places have gaps
   * @param dueAtMs the time at which its retry is due; null if it has no delay
   * @param expiresAtMs the time at which its claim lapses; null if it has no claim
   * @param lapses the number of its claims that have lapsed
   * @param cancelRequested whether cancellation was requested
   */
  record LinePlace(
      long id,
      WorkState state,
      long token,
      long linePos,
      @Nullable Long dueAtMs,
      @Nullable Long expiresAtMs,
      int lapses,
      boolean cancelRequested) {
    /** Returns whether the work belongs to the grant of {@code token}. */
    boolean isHeldBy(long token) {
      return state == WorkState.CLAIMED && this.token == token;
    }

    /** Returns whether the work could be claimed if it were the head. */
    boolean isClaimable(long nowMs) {
      return state != WorkState.CLAIMED && (dueAtMs == null || dueAtMs <= nowMs);
    }
  }

  /** Maps the rows of {@link LinePlace}. Stateless, safe for use by many threads. */
  final class LinePlaceMapper implements RowMapper<LinePlace> {
    @Override
    public LinePlace map(ResultSet row, StatementContext context) throws SQLException {
      long id = row.getLong(1);
      return new LinePlace(
          id,
          WorkState.stored(id, row.getString(2)),
          row.getLong(3),
          row.getLong(4),
          nullable(row, 5),
          nullable(row, 6),
          row.getInt(7),
          row.getBoolean(8));
    }

    private static @Nullable Long nullable(ResultSet row, int column) throws SQLException {
      long value = row.getLong(column);
      return row.wasNull() ? null : value;
    }
  }
}
