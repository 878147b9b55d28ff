package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements that look at the lines of the lanes, for use inside a transaction. Belongs to the
 * body that attached it.
 *
 * <p>None of them writes: what moves a line is a verb of {@link WorkQueue}.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface LaneDao {
  /** Scheduled work of a lane whose time has come, in the order in which it did. */
  @SqlQuery(
      """
      SELECT id
      FROM   belay_work
      WHERE  queue = :queue AND lane = :lane AND state = 'SCHEDULED' AND due_at_ms <= :nowMs
      ORDER BY due_at_ms, id
      LIMIT  :limit
      """)
  List<Long> coming(String queue, String lane, long nowMs, int limit);

  /** The line as it stands, head first. */
  @SqlQuery(
      """
      SELECT id, state, token, line_pos, due_at_ms, expires_at_ms, lapses, cancel_requested
      FROM   belay_work
      WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
      ORDER BY line_pos
      LIMIT  :limit
      """)
  @UseRowMapper(LinePlace.Mapper.class)
  List<LinePlace> line(String queue, String lane, int limit);
}
