package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements that read work, for use inside a transaction: {@code tx.attach(WorkDao.class)}.
 * Belongs to the body that attached it.
 *
 * <p>None of them writes; only the verbs of {@link WorkQueue} change work, because they keep the
 * rules of claims and lanes. A listing walks an index in which its rows are adjacent, so it reads
 * no other entries.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface WorkDao {
  /** Returns a piece of work. */
  @SqlQuery(
      WorkRows.WORK
          + """
          AND  w.id = :id AND w.queue = :queue
          """)
  @UseRowMapper(WorkRows.WorkMapper.class)
  Optional<Work> find(long id, String queue);

  /** Returns the work that has a key. */
  @SqlQuery(
      WorkRows.WORK
          + """
          AND  w.queue = :queue AND w.key = :key
          """
          + EnqueueDao.KEY_COUNTS)
  @UseRowMapper(WorkRows.WorkMapper.class)
  Optional<Work> findByKey(String queue, String key);

  /** Returns the last finished work that had a key which no longer counts. */
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

  /** Returns the work in one state after an id, in the order of ids; not for READY. */
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

  /**
   * Returns the READY work after an id, in the order of ids, from two indexes: one of priority 0,
   * one of the others.
   */
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

  /** Returns the work in a lane's line, head first. */
  @SqlQuery(
      WorkRows.LINE
          + """
          WHERE  w.queue = :queue AND w.lane = :lane AND w.line_pos IS NOT NULL
          ORDER BY w.line_pos
          LIMIT  :limit
          """)
  @UseRowMapper(WorkRows.WorkLineMapper.class)
  List<WorkLine> lane(String queue, String lane, int limit);

  /**
   * Returns the number of pieces of work in each state. It walks indexes of the queue, and reads no
   * row.
   */
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

  /** Returns the names of queues after a name, in order. */
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
