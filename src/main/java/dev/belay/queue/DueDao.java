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
 * The statements for due work: scheduled work, retries and lapsed claims. Belongs to the body that
 * attached it.
 */
@UseTemplateEngine(VerbatimSql.class)
interface DueDao {
  /** Returns lapsed claims, the earliest first; those of one grant are adjacent. */
  @SqlQuery(
      """
      SELECT id, lane, token, state, expires_at_ms,
             attempt >= attempts_max AND cancel_requested = 0
      FROM   belay_work
      WHERE  queue = :queue AND expires_at_ms <= :nowMs
      ORDER BY expires_at_ms, token, id
      LIMIT  :limit
      """)
  @UseRowMapper(DueWorkMapper.class)
  List<DueWork> lapsed(String queue, long nowMs, int limit);

  /** Returns due scheduled work and retries, the earliest first. */
  @SqlQuery(
      """
      SELECT id, lane, token, state, due_at_ms, 0
      FROM   belay_work
      WHERE  queue = :queue AND due_at_ms <= :nowMs
      ORDER BY due_at_ms, id
      LIMIT  :limit
      """)
  @UseRowMapper(DueWorkMapper.class)
  List<DueWork> due(String queue, long nowMs, int limit);

  /**
   * Returns the time at which the next claim lapses or the next work falls due; it may be in the
   * past.
   */
  @SqlQuery(
      """
      SELECT MIN(at_ms)
      FROM   (SELECT MIN(due_at_ms) AS at_ms FROM belay_work
              WHERE queue = :queue AND due_at_ms IS NOT NULL
              UNION ALL
              SELECT MIN(expires_at_ms) FROM belay_work
              WHERE queue = :queue AND expires_at_ms IS NOT NULL) AS next
      """)
  Optional<Long> nextDueMs(String queue);

  /**
   * Makes due work without a lane READY. Returns 1, or 0 if it is in another state or in a lane.
   */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'READY', due_at_ms = NULL
      WHERE  id = :id AND lane IS NULL AND state IN ('SCHEDULED', 'WAITING')
      """)
  int makeReady(long id);

  /**
   * Ends a lapsed grant; that of a lane as a whole, because its claims have one token and one
   * expiry. It does not make the next head of the lane READY. Returns the number of claims.
   */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = CASE WHEN cancel_requested = 1 THEN 'CANCELLED'
                          WHEN attempt >= attempts_max THEN 'BURIED'
                          WHEN lane IS NULL THEN 'READY'
                          ELSE 'WAITING' END,
             line_pos = CASE WHEN cancel_requested = 1 OR attempt >= attempts_max THEN NULL
                             ELSE line_pos END,
             finished_at_ms = CASE WHEN cancel_requested = 1 OR attempt >= attempts_max
                                   THEN :nowMs END,
             last_error = CASE WHEN cancel_requested = 0 AND attempt >= attempts_max THEN :reason
                               ELSE last_error END,
             lapses = lapses + 1, expires_at_ms = NULL
      WHERE  queue = :queue AND expires_at_ms = :expiresAtMs AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms <= :nowMs
      """)
  int lapse(String queue, long token, long expiresAtMs, String reason, long nowMs);

  /**
   * Work that is due or whose claim has lapsed. Immutable, safe for use by many threads.
   *
   * @param id the work
   * @param lane its lane, if any
   * @param token the token of its last claim, 0 if there was none
   * @param state its state
   * @param atMs the time at which it fell due or its claim lapsed
   * @param isLastAttempt whether the lapsed claim was the last attempt, so that the work is buried
   */
  record DueWork(
      long id,
      @Nullable String lane,
      long token,
      WorkState state,
      long atMs,
      boolean isLastAttempt) {}

  /** Returns the last attempt of buried work. */
  @SqlQuery(
      """
      SELECT worker, attempt, attempts_max
      FROM   belay_work
      WHERE  id = :id AND state = 'BURIED'
      """)
  @UseRowMapper(BuriedMapper.class)
  Optional<Buried> buried(long id);

  /** The last attempt of buried work. Immutable, safe for use by many threads. */
  record Buried(String worker, int attempt, int attemptsMax) {}

  /** Maps the rows of {@link Buried}. Stateless, safe for use by many threads. */
  final class BuriedMapper implements RowMapper<Buried> {
    @Override
    public Buried map(ResultSet row, StatementContext context) throws SQLException {
      return new Buried(row.getString(1), row.getInt(2), row.getInt(3));
    }
  }

  /** Maps the rows of {@link DueWork}. Stateless, safe for use by many threads. */
  final class DueWorkMapper implements RowMapper<DueWork> {
    @Override
    public DueWork map(ResultSet row, StatementContext context) throws SQLException {
      long id = row.getLong(1);
      return new DueWork(
          id,
          row.getString(2),
          row.getLong(3),
          WorkState.stored(id, row.getString(4)),
          row.getLong(5),
          row.getBoolean(6));
    }
  }
}
