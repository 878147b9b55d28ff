package dev.belay.queue;

import dev.belay.store.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements that show work, for use inside a transaction. Belongs to the body that attached
 * it.
 *
 * <p>There is a statement for each index that knows a state, because a bound state would use none.
 * The plus before an id keeps the database from walking the table by id for the sake of the order.
 */
@UseTemplateEngine(VerbatimSql.class)
interface WorkListDao {
  /** A piece of work. */
  @SqlQuery(
      WorkMapper.SELECT
          + """
          AND  w.id = :id AND w.queue = :queue
          """)
  @UseRowMapper(WorkMapper.class)
  Optional<Work> find(long id, String queue);

  /** The work that has a key. */
  @SqlQuery(
      WorkMapper.SELECT
          + """
          AND  w.queue = :queue AND w.key = :key
          """)
  @UseRowMapper(WorkMapper.class)
  Optional<Work> findByKey(String queue, String key);

  /** The work that had a key last which counts no more. */
  @SqlQuery(
      WorkMapper.SELECT
          + """
          AND  w.queue = :queue AND w.spent_key = :key
          ORDER BY w.finished_at_ms DESC, w.id DESC
          LIMIT  1
          """)
  @UseRowMapper(WorkMapper.class)
  Optional<Work> findBySpentKey(String queue, String key);

  /** The next work after an id that is SCHEDULED, WAITING, BURIED or CANCELLED, by id. */
  @SqlQuery(
      WorkMapper.SELECT
          + """
          AND  w.queue = :queue AND w.state = :state AND w.id > :afterId
          AND  (w.state = 'SCHEDULED' OR w.state = 'WAITING'
                OR w.state = 'BURIED' OR w.state = 'CANCELLED')
          ORDER BY w.id
          LIMIT  :limit
          """)
  @UseRowMapper(WorkMapper.class)
  List<Work> aside(String queue, String state, long afterId, int limit);

  /** The next READY work after an id, by id. Sorts what is READY. */
  @SqlQuery(
      WorkMapper.SELECT
          + """
          AND  w.id IN (
                 SELECT id
                 FROM   belay_work
                 WHERE  queue = :queue AND state = 'READY' AND +id > :afterId
                 ORDER BY +id
                 LIMIT  :limit)
          ORDER BY w.id
          """)
  @UseRowMapper(WorkMapper.class)
  List<Work> ready(String queue, long afterId, int limit);

  /** The next CLAIMED work after an id, by id. Sorts what is CLAIMED. */
  @SqlQuery(
      WorkMapper.SELECT
          + """
          AND  w.id IN (
                 SELECT id
                 FROM   belay_work
                 WHERE  queue = :queue AND expires_at_ms IS NOT NULL AND +id > :afterId
                 ORDER BY +id
                 LIMIT  :limit)
          ORDER BY w.id
          """)
  @UseRowMapper(WorkMapper.class)
  List<Work> claimed(String queue, long afterId, int limit);

  /** The next DONE work after an id, by id. Walks past work that is not, which is the less. */
  @SqlQuery(
      WorkMapper.SELECT
          + """
          AND  w.queue = :queue AND +w.state = 'DONE' AND w.id > :afterId
          ORDER BY w.id
          LIMIT  :limit
          """)
  @UseRowMapper(WorkMapper.class)
  List<Work> done(String queue, long afterId, int limit);

  /** A lane's line, head first. */
  @SqlQuery(
      WorkMapper.SELECT
          + """
          AND  w.queue = :queue AND w.lane = :lane AND w.line_pos IS NOT NULL
          ORDER BY w.line_pos
          LIMIT  :limit
          """)
  @UseRowMapper(WorkMapper.class)
  List<Work> lane(String queue, String lane, int limit);

  /** How much work is in each state. Walks an index of each, and no row. */
  @SqlQuery(
      """
      SELECT scheduled, ready, waiting, claimed, done, buried, cancelled
      FROM   (SELECT COUNT(*) FILTER (WHERE state = 'SCHEDULED') AS scheduled,
                     COUNT(*) FILTER (WHERE state = 'WAITING') AS waiting,
                     COUNT(*) FILTER (WHERE state = 'BURIED') AS buried,
                     COUNT(*) FILTER (WHERE state = 'CANCELLED') AS cancelled
              FROM   belay_work
              WHERE  queue = :queue
                AND  (state = 'SCHEDULED' OR state = 'WAITING'
                      OR state = 'BURIED' OR state = 'CANCELLED')) AS aside
      CROSS JOIN
             (SELECT COUNT(*) AS ready
              FROM   belay_work
              WHERE  queue = :queue AND state = 'READY') AS r
      CROSS JOIN
             (SELECT COUNT(*) AS claimed
              FROM   belay_work
              WHERE  queue = :queue AND expires_at_ms IS NOT NULL) AS c
      CROSS JOIN
             (SELECT COUNT(*) AS done
              FROM   belay_work
              WHERE  queue = :queue AND state = 'DONE') AS d
      """)
  @UseRowMapper(StatsMapper.class)
  QueueStats stats(String queue);
}
