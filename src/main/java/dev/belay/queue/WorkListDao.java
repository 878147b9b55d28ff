package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements that show work, for use inside a transaction. Belongs to the body that attached
 * it.
 *
 * <p>A listing walks an index in which what it shows stands together, so it passes nothing else.
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
          """
          + WorkStepDao.KEY_COUNTS)
  @UseRowMapper(WorkMapper.class)
  Optional<Work> findByKey(String queue, String key);

  /** The work that had a key last which counts no more. */
  @SqlQuery(
      WorkMapper.SELECT
          + """
          AND  w.queue = :queue AND w.key = :key
          AND  w.key_life = 'WHILE_OPEN' AND w.finished_at_ms IS NOT NULL
          ORDER BY w.finished_at_ms DESC, w.id DESC
          LIMIT  1
          """)
  @UseRowMapper(WorkMapper.class)
  Optional<Work> findBySpentKey(String queue, String key);

  /** The next work after an id that is in one state, by id; not for READY. */
  @SqlQuery(
      WorkLineMapper.SELECT
          + """
          WHERE  w.queue = :queue AND w.state = :state AND w.id > :afterId
            AND  w.state <> 'READY'
          ORDER BY w.id
          LIMIT  :limit
          """)
  @UseRowMapper(WorkLineMapper.class)
  List<WorkLine> list(String queue, String state, long afterId, int limit);

  /** The next work after an id that is READY, by id: two indexes have it, by its priority. */
  @SqlQuery(
      WorkLineMapper.SELECT
          + """
          WHERE  w.queue = :queue AND w.state = 'READY' AND w.id > :afterId
            AND  w.priority = 0
          UNION ALL
          """
          + WorkLineMapper.SELECT
          + """
          WHERE  w.queue = :queue AND w.state = 'READY' AND w.id > :afterId
            AND  w.priority <> 0
          ORDER BY 1
          LIMIT  :limit
          """)
  @UseRowMapper(WorkLineMapper.class)
  List<WorkLine> listReady(String queue, long afterId, int limit);

  /** A lane's line, head first. */
  @SqlQuery(
      WorkLineMapper.SELECT
          + """
          WHERE  w.queue = :queue AND w.lane = :lane AND w.line_pos IS NOT NULL
          ORDER BY w.line_pos
          LIMIT  :limit
          """)
  @UseRowMapper(WorkLineMapper.class)
  List<WorkLine> lane(String queue, String lane, int limit);

  /** How much work is in each state. Walks indexes of the queue, and no row. */
  @SqlQuery(
      """
      SELECT COUNT(*) FILTER (WHERE state = 'SCHEDULED'),
             COUNT(*) FILTER (WHERE state = 'READY'),
             COUNT(*) FILTER (WHERE state = 'WAITING'),
             COUNT(*) FILTER (WHERE state = 'CLAIMED'),
             COUNT(*) FILTER (WHERE state = 'DONE'),
             COUNT(*) FILTER (WHERE state = 'BURIED'),
             COUNT(*) FILTER (WHERE state = 'CANCELLED')
      FROM   (SELECT state
              FROM   belay_work
              WHERE  queue = :queue AND state <> 'READY'
              UNION ALL
              SELECT 'READY' AS state
              FROM   belay_work
              WHERE  queue = :queue AND state = 'READY') AS listed
      """)
  @UseRowMapper(StatsMapper.class)
  QueueStats stats(String queue);

  /** The next names of queues after one, in their order. */
  @SqlQuery(
      """
      WITH RECURSIVE name (queue, left) AS (
        SELECT (SELECT MIN(next.queue)
                FROM   (SELECT MIN(queue) AS queue FROM belay_work
                        WHERE  queue > :afterName AND state = 'READY'
                        UNION ALL
                        SELECT MIN(queue) FROM belay_work
                        WHERE  queue > :afterName AND state <> 'READY') AS next),
               :limit
        UNION ALL
        SELECT (SELECT MIN(next.queue)
                FROM   (SELECT MIN(queue) AS queue FROM belay_work
                        WHERE  queue > name.queue AND state = 'READY'
                        UNION ALL
                        SELECT MIN(queue) FROM belay_work
                        WHERE  queue > name.queue AND state <> 'READY') AS next),
               left - 1
        FROM   name
        WHERE  name.queue IS NOT NULL AND left > 1
      )
      SELECT queue FROM name WHERE queue IS NOT NULL
      """)
  List<String> queues(String afterName, int limit);
}
