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

/** The statements of a purge. Belongs to the body that attached it. */
@UseTemplateEngine(VerbatimSql.class)
interface PurgeDao {
  /**
   * Returns the work that was finished first, behind a place in the order of a purge. The rows keep
   * the order of the limited subquery.
   */
  @SqlQuery(
      """
      SELECT id, finished_at_ms,
             (SELECT w.payload_bytes FROM belay_work w WHERE w.id = oldest.id)
           + COALESCE((SELECT octet_length(r.result)
                       FROM   belay_work_result r WHERE r.work_id = oldest.id), 0)
      FROM   (SELECT id, finished_at_ms
              FROM   belay_work
              WHERE  queue = :queue AND finished_at_ms < :beforeMs AND state = 'DONE'
                AND  (finished_at_ms, id) > (:afterMs, :afterId)
              UNION ALL
              SELECT id, finished_at_ms
              FROM   belay_work
              WHERE  queue = :queue AND finished_at_ms < :beforeMs AND state = 'CANCELLED'
                AND  (finished_at_ms, id) > (:afterMs, :afterId)
              UNION ALL
              SELECT id, finished_at_ms
              FROM   belay_work
              WHERE  queue = :queue AND finished_at_ms < :buriedBeforeMs AND state = 'BURIED'
                AND  (finished_at_ms, id) > (:afterMs, :afterId)
              ORDER BY finished_at_ms, id
              LIMIT  :limit) AS oldest
      """)
  @UseRowMapper(FinishedWorkMapper.class)
  List<FinishedWork> oldestFinished(
      String queue, long beforeMs, long buriedBeforeMs, long afterMs, long afterId, int limit);

  /** Deletes a piece of work, its payload and its result. */
  @SqlUpdate("DELETE FROM belay_work WHERE id = :id AND finished_at_ms IS NOT NULL")
  int delete(long id);

  /**
   * Finished work that may be purged. Immutable, safe for use by many threads.
   *
   * @param id the work
   * @param finishedAtMs the time at which it was finished
   * @param bytes the size of its payload and result, in bytes of UTF-8
   */
  record FinishedWork(long id, long finishedAtMs, long bytes) {
    /** Returns its place in the order of a purge. */
    PurgePlace place() {
      return new PurgePlace(finishedAtMs, id);
    }
  }

  /** Maps the rows of {@link FinishedWork}. Stateless, safe for use by many threads. */
  final class FinishedWorkMapper implements RowMapper<FinishedWork> {
    @Override
    public FinishedWork map(ResultSet row, StatementContext context) throws SQLException {
      return new FinishedWork(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }
}
