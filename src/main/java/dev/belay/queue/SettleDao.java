package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * The statements that renew and end a claim. Belongs to the body that attached it.
 *
 * <p>Every statement that tests whether a claim is live has the same condition: {@code id = :id AND
 * queue = :queue AND token = :token AND state = 'CLAIMED' AND expires_at_ms > :nowMs}. {@link
 * #giveUp} and {@link #giveBack} do not test it: they follow {@link #held} in the same step, or end
 * the claims behind that claim in the grant. In a lane, {@link LaneDao#readyHead} makes the next
 * head READY afterwards.
 */
@UseTemplateEngine(VerbatimSql.class)
interface SettleDao {
  /** Returns the work of a live claim. */
  @SqlQuery(
      """
      SELECT id, lane, line_pos, token, worker, expires_at_ms, cancel_requested,
             attempt >= attempts_max, attempt
      FROM   belay_work
      WHERE  id = :id AND queue = :queue AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms > :nowMs
      """)
  @UseRowMapper(HeldWorkMapper.class)
  Optional<HeldWork> held(long id, String queue, long token, long nowMs);

  /**
   * Renews a live claim; other claims of its grant are not changed. Returns empty if the claim is
   * not live.
   */
  @SqlQuery(
      """
      UPDATE belay_work
      SET    expires_at_ms = :expiresAtMs
      WHERE  id = :id AND queue = :queue AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms > :nowMs
      RETURNING lane, cancel_requested
      """)
  @UseRowMapper(RenewedWorkMapper.class)
  Optional<RenewedWork> renew(long id, String queue, long token, long nowMs, long expiresAtMs);

  /**
   * Ends a live claim of work without a lane, as DONE or BURIED. Returns 1, or 0 if the claim is
   * not live or in a lane.
   */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = :state, finished_at_ms = :nowMs, expires_at_ms = NULL,
             last_error = COALESCE(:error, last_error)
      WHERE  id = :id AND queue = :queue AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms > :nowMs AND lane IS NULL
      """)
  int finishUnlaned(
      long id, String queue, long token, String state, @Nullable String error, long nowMs);

  /**
   * Ends a live claim, as DONE or BURIED. Returns the lane, {@code ""} if there is none. Returns
   * empty if the claim is not live, or if earlier work of its line is still open.
   */
  @SqlQuery(
      """
      UPDATE belay_work
      SET    state = :state, finished_at_ms = :nowMs, expires_at_ms = NULL, line_pos = NULL,
             last_error = COALESCE(:error, last_error)
      WHERE  id = :id AND queue = :queue AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms > :nowMs
        AND  (lane IS NULL OR NOT EXISTS (
                SELECT 1
                FROM   belay_work ahead
                WHERE  ahead.queue = belay_work.queue AND ahead.lane = belay_work.lane
                  AND  ahead.line_pos < belay_work.line_pos))
      RETURNING COALESCE(lane, '')
      """)
  Optional<String> finish(
      long id, String queue, long token, String state, @Nullable String error, long nowMs);

  /** Stores the result of work. */
  @SqlUpdate("INSERT INTO belay_work_result (work_id, result) VALUES (:id, :result)")
  int addResult(long id, String result);

  /** Ends a claim as BURIED or CANCELLED, at any place in the line. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = :state, finished_at_ms = :nowMs, expires_at_ms = NULL, line_pos = NULL,
             attempt = attempt - :uncharged, last_error = COALESCE(:error, last_error)
      WHERE  id = :id AND token = :token AND state = 'CLAIMED'
      """)
  int giveUp(long id, long token, String state, int uncharged, @Nullable String error, long nowMs);

  /**
   * Ends a claim so that the work can be claimed again, when it is due and, in a lane, the head.
   */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = CASE WHEN lane IS NULL AND CAST(:dueAtMs AS BIGINT) IS NULL THEN 'READY'
                          ELSE 'WAITING' END,
             due_at_ms = :dueAtMs, expires_at_ms = NULL, lapses = 0,
             attempt = attempt - :uncharged, last_error = COALESCE(:error, last_error)
      WHERE  id = :id AND token = :token AND state = 'CLAIMED'
      """)
  int giveBack(long id, long token, @Nullable Long dueAtMs, int uncharged, @Nullable String error);

  /**
   * Work with a live claim. Immutable, safe for use by many threads.
   *
   * @param id the work
   * @param lane its lane, if any
   * @param linePos its place in the lane's line, 0 without a lane
   * @param token the token of the claim
   * @param worker the label of the claimant
   * @param expiresAtMs the time at which the claim lapses
   * @param cancelRequested whether cancellation was requested
   * @param lastAttempt whether this claim is the last attempt
   * @param attempt the number of this attempt, from 1
   */
  record HeldWork(
      long id,
      @Nullable String lane,
      long linePos,
      long token,
      String worker,
      long expiresAtMs,
      boolean cancelRequested,
      boolean lastAttempt,
      int attempt) {}

  /**
   * Work whose claim was renewed. Immutable, safe for use by many threads.
   *
   * @param lane its lane, if any
   * @param cancelRequested whether cancellation was requested
   */
  record RenewedWork(@Nullable String lane, boolean cancelRequested) {}

  /** Maps the rows of {@link HeldWork}. Stateless, safe for use by many threads. */
  final class HeldWorkMapper implements RowMapper<HeldWork> {
    @Override
    public HeldWork map(ResultSet row, StatementContext context) throws SQLException {
      return new HeldWork(
          row.getLong(1),
          row.getString(2),
          row.getLong(3),
          row.getLong(4),
          row.getString(5),
          row.getLong(6),
          row.getBoolean(7),
          row.getBoolean(8),
          row.getInt(9));
    }
  }

  /** Maps the rows of {@link RenewedWork}. Stateless, safe for use by many threads. */
  final class RenewedWorkMapper implements RowMapper<RenewedWork> {
    @Override
    public RenewedWork map(ResultSet row, StatementContext context) throws SQLException {
      return new RenewedWork(row.getString(1), row.getBoolean(2));
    }
  }
}
