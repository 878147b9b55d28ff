package dev.belay;

import dev.belay.engine.VerbatimSql;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * The statements that count, each up to a bound, in an index. Belongs to the body that attached it.
 */
@UseTemplateEngine(VerbatimSql.class)
interface StatsDao {
  /** Returns the number of sessions that exist. */
  @SqlQuery(
      """
      SELECT COUNT(*)
      FROM   (SELECT 1 FROM belay_session
              WHERE  id > '' AND absent_since_ms IS NULL LIMIT :max) AS counted
      """)
  long sessions(int max);

  /** Returns the number of live leases. */
  @SqlQuery(
      """
      SELECT COUNT(*)
      FROM   (SELECT 1 FROM belay_lease WHERE expires_at_ms > :nowMs LIMIT :max) AS counted
      """)
  long leases(long nowMs, int max);

  /** Returns the number of READY pieces of work of a queue. */
  @SqlQuery(
      """
      SELECT COUNT(*)
      FROM   (SELECT 1 FROM belay_work
              WHERE  queue = :queue AND state = 'READY' LIMIT :max) AS counted
      """)
  long ready(String queue, int max);

  /** Returns the number of pieces of work of a queue in one state; not for READY. */
  @SqlQuery(
      """
      SELECT COUNT(*)
      FROM   (SELECT 1 FROM belay_work
              WHERE  queue = :queue AND state = :state AND state <> 'READY' LIMIT :max) AS counted
      """)
  long inState(String queue, String state, int max);

  /**
   * Returns when the READY work with the smallest id was enqueued. Two indexes have READY work in
   * the order of ids: one of priority 0, one of the others. There is no ORDER BY, for which a
   * planner may walk through the ids of the whole table.
   */
  @SqlQuery(
      """
      SELECT enqueued_at_ms
      FROM   belay_work
      WHERE  id = (SELECT MIN(first.id)
                   FROM   (SELECT id
                           FROM   (SELECT id FROM belay_work
                                   WHERE  queue = :queue AND state = 'READY' AND priority = 0
                                   LIMIT  :max) AS usual
                           UNION ALL
                           SELECT id
                           FROM   (SELECT id FROM belay_work
                                   WHERE  queue = :queue AND state = 'READY' AND priority <> 0
                                   LIMIT  :max) AS other) AS first)
      """)
  Optional<Long> oldestReadyMs(String queue, int max);

  /** Returns when the oldest of up to {@code max} claims of a queue began. */
  @SqlQuery(
      """
      SELECT MIN(claimed_at_ms)
      FROM   (SELECT claimed_at_ms FROM belay_work
              WHERE  queue = :queue AND state = 'CLAIMED' AND state <> 'READY'
              LIMIT  :max) AS claimed
      """)
  Optional<Long> oldestClaimedMs(String queue, int max);
}
