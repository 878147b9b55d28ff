package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/** The statements that cancel and requeue work. Belongs to the body that attached it. */
@UseTemplateEngine(VerbatimSql.class)
interface CancelDao extends StatusDao {
  /** Returns one page of the claims whose cancellation was requested, in the order of ids. */
  @SqlQuery(
      """
      SELECT id, token
      FROM   belay_work
      WHERE  queue = :queue AND id > :afterId AND cancel_requested = 1 AND state = 'CLAIMED'
      ORDER BY id
      LIMIT  :limit
      """)
  @UseRowMapper(CancelRequestMapper.class)
  List<CancelRequest> requests(String queue, long afterId, int limit);

  /** Stores the request to cancel claimed work. */
  @SqlUpdate("UPDATE belay_work SET cancel_requested = 1 WHERE id = :id AND state = 'CLAIMED'")
  int requestCancel(long id);

  /** Cancels work that is not claimed. Returns 1, or 0 if it is claimed or finished. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'CANCELLED', finished_at_ms = :nowMs, due_at_ms = NULL, line_pos = NULL
      WHERE  id = :id AND state IN ('SCHEDULED', 'READY', 'WAITING')
      """)
  int cancel(long id, long nowMs);

  /** Returns whether other work has taken the key that finished work had while it was open. */
  @SqlQuery(
      """
      SELECT EXISTS (
               SELECT 1
               FROM   belay_work w
               WHERE  w.id <> :id
                 AND  w.queue = (SELECT spent.queue FROM belay_work spent WHERE spent.id = :id)
                 AND  w.key = (SELECT spent.key FROM belay_work spent WHERE spent.id = :id)
      """
          + EnqueueDao.KEY_COUNTS
          + ")")
  boolean isKeyTaken(long id);

  /**
   * Schedules buried or cancelled work for now, with attempt 0. Returns 1, or 0 if it is in another
   * state.
   */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'SCHEDULED', due_at_ms = :nowMs, finished_at_ms = NULL,
             attempt = 0, lapses = 0, cancel_requested = 0
      WHERE  id = :id AND state IN ('BURIED', 'CANCELLED')
      """)
  int revive(long id, long nowMs);

  /**
   * A claim whose cancellation was requested. Immutable, safe for use by many threads.
   *
   * @param id the work
   * @param token the token of the claim
   */
  record CancelRequest(long id, long token) {}

  /** Maps the rows of {@link CancelRequest}. Stateless, safe for use by many threads. */
  final class CancelRequestMapper implements RowMapper<CancelRequest> {
    @Override
    public CancelRequest map(ResultSet row, StatementContext context) throws SQLException {
      return new CancelRequest(row.getLong(1), row.getLong(2));
    }
  }
}
