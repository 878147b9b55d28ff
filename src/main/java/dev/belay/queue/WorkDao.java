package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements that show work, for use inside a transaction: {@code tx.attach(WorkDao.class)}.
 * Belongs to the body that attached it.
 *
 * <p>None of them writes: what moves work is a verb of {@link WorkQueue}, which keeps the rules of
 * claims and lanes. A listing walks an index in which what it shows is together, so it passes
 * nothing else.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface WorkDao {
  /** Finds a piece of work. */
  @SqlQuery(
      WorkRows.WORK
          + """
          AND  w.id = :id AND w.queue = :queue
          """)
  @UseRowMapper(WorkRows.WorkMapper.class)
  Optional<Work> find(long id, String queue);

  /** Finds the work that has a key. */
  @SqlQuery(
      WorkRows.WORK
          + """
          AND  w.queue = :queue AND w.key = :key
          """
          + EnqueueDao.KEY_COUNTS)
  @UseRowMapper(WorkRows.WorkMapper.class)
  Optional<Work> findByKey(String queue, String key);

  /** Finds the work that had a key last which no longer counts. */
  @SqlQuery(
      WorkRows.WORK
          + """
          AND  w.queue = :queue AND w.key = :key
          AND  w.key_life = 'WHILE_OPEN' AND w.finished_at_ms IS NOT NULL
          ORDER BY w.finished_at_ms DESC, w.id DESC
          LIMIT  1
          """)
  @UseRowMapper(WorkRows.WorkMapper.class)
  Optional<Work> findBySpentKey(String queue, String key);

  /** Lists the next work after an id that is in one state, by id; not for READY. */
  @SqlQuery(
      WorkRows.LINE
          + """
          WHERE  w.queue = :queue AND w.state = :state AND w.id > :afterId
            AND  w.state <> 'READY'
          ORDER BY w.id
          LIMIT  :limit
          """)
  @UseRowMapper(WorkRows.WorkLineMapper.class)
  List<WorkLine> list(String queue, String state, long afterId, int limit);

  /** Lists the next work after an id that is READY, by id: two indexes have it, by its priority. */
  @SqlQuery(
      WorkRows.LINE
          + """
          WHERE  w.queue = :queue AND w.state = 'READY' AND w.id > :afterId
            AND  w.priority = 0
          UNION ALL
          """
          + WorkRows.LINE
          + """
          WHERE  w.queue = :queue AND w.state = 'READY' AND w.id > :afterId
            AND  w.priority <> 0
          ORDER BY 1
          LIMIT  :limit
          """)
  @UseRowMapper(WorkRows.WorkLineMapper.class)
  List<WorkLine> listReady(String queue, long afterId, int limit);

  /** Lists the work in a lane's line, head first. */
  @SqlQuery(
      WorkRows.LINE
          + """
          WHERE  w.queue = :queue AND w.lane = :lane AND w.line_pos IS NOT NULL
          ORDER BY w.line_pos
          LIMIT  :limit
          """)
  @UseRowMapper(WorkRows.WorkLineMapper.class)
  List<WorkLine> lane(String queue, String lane, int limit);

  /** Counts the work in each state. Walks indexes of the queue, and no row. */
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
  @UseRowMapper(WorkRows.StatsMapper.class)
  QueueStats stats(String queue);

  /** Lists the next names of queues after one, in their order. */
  @SqlQuery(
      """
      WITH RECURSIVE name (queue, remaining) AS (
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
               remaining - 1
        FROM   name
        WHERE  name.queue IS NOT NULL AND remaining > 1
      )
      SELECT queue FROM name WHERE queue IS NOT NULL
      """)
  List<String> queues(String afterName, int limit);
}
