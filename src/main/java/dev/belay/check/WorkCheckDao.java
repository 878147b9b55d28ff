package dev.belay.check;

import dev.belay.engine.VerbatimSql;
import dev.belay.store.Finding;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/** The rules of work. Belongs to the body that attached it. */
@UseTemplateEngine(VerbatimSql.class)
interface WorkCheckDao {
  /**
   * Returns what is wrong with the next pieces of work. A lane has one live grant if whatever is
   * claimed in it is its head, or is behind work that is claimed under the same token.
   */
  @SqlQuery(
      """
      WITH w AS MATERIALIZED (
        SELECT id, queue, state, lane, line_pos, due_at_ms, expires_at_ms, token, attempt,
               attempts_max, cancel_requested, claimed_at_ms, finished_at_ms, worker, key, key_life,
               payload_bytes
        FROM   belay_work
        WHERE  id > :no
        ORDER BY id
        LIMIT  :rows
      ),
      line AS MATERIALIZED (
        SELECT w.id, w.queue, w.state, w.token, w.due_at_ms,
               (SELECT ahead.id
                FROM   belay_work ahead
                WHERE  ahead.queue = w.queue AND ahead.lane = w.lane
                  AND  ahead.line_pos IS NOT NULL AND ahead.line_pos < w.line_pos
                ORDER BY ahead.line_pos DESC
                LIMIT  1) AS ahead_id
        FROM   w
        WHERE  w.line_pos IS NOT NULL
      )
      SELECT 'work-state', 'work ' || id || ' of queue ' || queue,
             'its columns do not fit its state, ' || state
      FROM   w
      WHERE  NOT (attempts_max >= 1 AND attempt BETWEEN 0 AND attempts_max AND token >= 0
                  AND (key IS NULL) = (key_life IS NULL)
                  AND CASE state
                      WHEN 'READY'     THEN due_at_ms IS NULL AND expires_at_ms IS NULL
                                        AND finished_at_ms IS NULL
                                        AND (line_pos IS NULL) = (lane IS NULL)
                                        AND attempt < attempts_max AND cancel_requested = 0
                      WHEN 'CLAIMED'   THEN due_at_ms IS NULL AND expires_at_ms IS NOT NULL
                                        AND finished_at_ms IS NULL
                                        AND (line_pos IS NULL) = (lane IS NULL)
                                        AND token > 0 AND worker IS NOT NULL
                                        AND claimed_at_ms IS NOT NULL
                      WHEN 'WAITING'   THEN (due_at_ms IS NOT NULL OR lane IS NOT NULL)
                                        AND expires_at_ms IS NULL AND finished_at_ms IS NULL
                                        AND (line_pos IS NULL) = (lane IS NULL)
                                        AND attempt < attempts_max AND cancel_requested = 0
                      WHEN 'SCHEDULED' THEN due_at_ms IS NOT NULL AND expires_at_ms IS NULL
                                        AND finished_at_ms IS NULL AND line_pos IS NULL
                                        AND attempt < attempts_max AND cancel_requested = 0
                      WHEN 'DONE'      THEN due_at_ms IS NULL AND expires_at_ms IS NULL
                                        AND finished_at_ms IS NOT NULL AND line_pos IS NULL
                      WHEN 'BURIED'    THEN due_at_ms IS NULL AND expires_at_ms IS NULL
                                        AND finished_at_ms IS NOT NULL AND line_pos IS NULL
                      WHEN 'CANCELLED' THEN due_at_ms IS NULL AND expires_at_ms IS NULL
                                        AND finished_at_ms IS NOT NULL AND line_pos IS NULL
                      ELSE FALSE END)
      UNION ALL
      SELECT 'work-payload', 'work ' || id || ' of queue ' || queue,
             COALESCE('has a payload of ' || bytes || ' bytes, not ' || payload_bytes,
                      'has no payload')
      FROM   (SELECT w.id, w.queue, w.payload_bytes,
                     (SELECT octet_length(p.payload)
                      FROM   belay_work_payload p
                      WHERE  p.work_id = w.id) AS bytes
              FROM   w) AS sized
      WHERE  bytes IS NULL OR bytes <> payload_bytes
      UNION ALL
      SELECT 'work-lane', 'work ' || id || ' of queue ' || queue,
             CASE state
             WHEN 'READY' THEN 'is READY behind work ' || ahead_id || ' of its lane'
             WHEN 'CLAIMED' THEN 'is claimed under the token ' || token || ' behind work '
                                 || ahead_id || ' of its lane, which is not'
             ELSE 'is the head of its lane and waits for nothing' END
      FROM   (SELECT line.*,
                     (SELECT CASE a.state WHEN 'CLAIMED' THEN a.token ELSE 0 END
                      FROM   belay_work a
                      WHERE  a.id = line.ahead_id) AS ahead_token
              FROM   line) AS behind
      WHERE  (state = 'READY' AND ahead_id IS NOT NULL)
         OR  (state = 'CLAIMED' AND ahead_id IS NOT NULL AND ahead_token <> token)
         OR  (state = 'WAITING' AND due_at_ms IS NULL AND ahead_id IS NULL)
      UNION ALL
      SELECT 'work-token', 'work ' || id || ' of queue ' || queue,
             'has the token ' || token || ', which was never granted'
      FROM   w
      WHERE  token >
      """
          + LeaseCheckDao.LAST_TOKEN)
  @UseRowMapper(FindingMapper.class)
  List<Finding> works(long no, int rows);

  /** Returns the last of the next pieces of work; empty if there are fewer than {@code rows}. */
  @SqlQuery(
      """
      SELECT id, 0, ''
      FROM   belay_work
      WHERE  id > :no
      ORDER BY id
      LIMIT  1 OFFSET :rows - 1
      """)
  @UseRowMapper(Place.Mapper.class)
  Optional<Place> lastWork(long no, int rows);

  /** Returns the next payloads without work. */
  @SqlQuery(
      """
      WITH p AS MATERIALIZED (
        SELECT work_id
        FROM   belay_work_payload
        WHERE  work_id > :no
        ORDER BY work_id
        LIMIT  :rows
      )
      SELECT 'work-orphan', 'work ' || p.work_id, 'does not exist, but has a payload'
      FROM   p
      WHERE  (SELECT 1 FROM belay_work w WHERE w.id = p.work_id) IS NULL
      """)
  @UseRowMapper(FindingMapper.class)
  List<Finding> payloads(long no, int rows);

  /** As {@link #lastWork}, of payloads. */
  @SqlQuery(
      """
      SELECT work_id, 0, ''
      FROM   belay_work_payload
      WHERE  work_id > :no
      ORDER BY work_id
      LIMIT  1 OFFSET :rows - 1
      """)
  @UseRowMapper(Place.Mapper.class)
  Optional<Place> lastPayload(long no, int rows);

  /** Returns the next results without work. */
  @SqlQuery(
      """
      WITH r AS MATERIALIZED (
        SELECT work_id
        FROM   belay_work_result
        WHERE  work_id > :no
        ORDER BY work_id
        LIMIT  :rows
      )
      SELECT 'work-orphan', 'work ' || r.work_id, 'does not exist, but has a result'
      FROM   r
      WHERE  (SELECT 1 FROM belay_work w WHERE w.id = r.work_id) IS NULL
      """)
  @UseRowMapper(FindingMapper.class)
  List<Finding> results(long no, int rows);

  /** As {@link #lastWork}, of results. */
  @SqlQuery(
      """
      SELECT work_id, 0, ''
      FROM   belay_work_result
      WHERE  work_id > :no
      ORDER BY work_id
      LIMIT  1 OFFSET :rows - 1
      """)
  @UseRowMapper(Place.Mapper.class)
  Optional<Place> lastResult(long no, int rows);
}
