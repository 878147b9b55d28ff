package dev.belay.postgres;

/**
 * The statements of {@link PgGroupVerbs} for work in lanes, as {@link PgGroupSql} describes them.
 * Stateless, safe for use by many threads.
 */
final class PgLaneSql {
  /**
   * Locks the lanes of members, each of another lane, and notes the members whose lane was free for
   * the statements behind it. Those see everything that was committed before the lock. Returns no
   * row.
   */
  private static final String LOCK_LANES =
      """
      SELECT 0
      FROM  (SELECT set_config('belay.members', COALESCE(string_agg(m.ord::text, ','), ''), true)
                    AS members
             FROM   unnest(?, ?) WITH ORDINALITY AS m(queue, lane, ord)
             CROSS JOIN LATERAL (
                    SELECT 1
                    FROM   belay_lane l
                    WHERE  l.queue = m.queue AND l.lane = m.lane
                    FOR NO KEY UPDATE SKIP LOCKED) AS held) AS noted
      WHERE  members IS NULL
      """;

  private static final String IN_LOCKED_LANE =
      "m.ord = ANY (string_to_array(current_setting('belay.members'), ',')::bigint[])\n";

  /** Adds work at the end of locked lanes without scheduled work that is due. */
  static final String ADD_IN_LANES =
      LOCK_LANES
          + ";"
          + """
      WITH m AS MATERIALIZED (
        SELECT m.*,
               (SELECT w.line_pos
                FROM   belay_work w
                WHERE  w.queue = m.queue AND w.lane = m.lane AND w.line_pos IS NOT NULL
                ORDER BY w.line_pos DESC
                LIMIT  1) AS last
        FROM   unnest(?, ?, ?, ?, ?, ?, ?, ?, ?) WITH ORDINALITY
               AS m(id, queue, lane, type, priority, attempts_max, headers, payload, bytes, ord)
        WHERE  NOT EXISTS (
                 SELECT 1
                 FROM   belay_work w
                 WHERE  w.queue = m.queue AND w.lane = m.lane AND w.state = 'SCHEDULED'
                   AND  w.due_at_ms <= current_setting('belay.now')::bigint)
          AND
      """
          + IN_LOCKED_LANE
          + """
      ),
      w AS (
        INSERT INTO belay_work
               (id, queue, state, type, payload_bytes, lane, line_pos, priority, attempts_max,
                enqueued_at_ms)
        SELECT id, queue, CASE WHEN last IS NULL THEN 'READY' ELSE 'WAITING' END, type, bytes, lane,
               COALESCE(last, 0) + 1, priority, attempts_max,
               current_setting('belay.now')::bigint
        FROM   m),
      p AS (
        INSERT INTO belay_work_payload (work_id, headers, payload)
        SELECT id, headers, payload FROM m)
      SELECT ord FROM m
      """;

  /**
   * Completes the heads of locked lanes, each the only claim of its grant, and makes the next heads
   * ready.
   */
  static final String COMPLETE_IN_LANES =
      LOCK_LANES
          + ";"
          + """
      WITH m AS MATERIALIZED (
        SELECT m.ord, m.id, m.result
        FROM   unnest(?, ?, ?, ?, ?) WITH ORDINALITY AS m(id, queue, lane, token, result, ord)
        CROSS JOIN LATERAL (
               SELECT 1
               FROM   belay_work w
               WHERE  w.id = m.id AND w.queue = m.queue AND w.lane = m.lane AND w.token = m.token
                 AND  w.state = 'CLAIMED' AND w.expires_at_ms > current_setting('belay.now')::bigint
                 AND  w.line_pos = (
                        SELECT head.line_pos
                        FROM   belay_work head
                        WHERE  head.queue = w.queue AND head.lane = w.lane
                          AND  head.line_pos IS NOT NULL
                        ORDER BY head.line_pos
                        LIMIT  1)
                 AND  w.token IS DISTINCT FROM (
                        SELECT behind.token
                        FROM   belay_work behind
                        WHERE  behind.queue = w.queue AND behind.lane = w.lane
                          AND  behind.line_pos > w.line_pos
                        ORDER BY behind.line_pos
                        LIMIT  1)
               FOR NO KEY UPDATE OF w SKIP LOCKED) AS held
        WHERE
      """
          + IN_LOCKED_LANE
          + """
      ),
      done AS (
        UPDATE belay_work w
        SET    state = 'DONE', finished_at_ms = current_setting('belay.now')::bigint,
               expires_at_ms = NULL, line_pos = NULL
        FROM   m
        WHERE  w.id = m.id),
      results AS (
        INSERT INTO belay_work_result (work_id, result)
        SELECT id, result FROM m WHERE result IS NOT NULL)
      SELECT ord FROM m;
      UPDATE belay_work w
      SET    state = 'READY'
      FROM   unnest(?, ?) WITH ORDINALITY AS m(queue, lane, ord)
      WHERE  w.id = (SELECT head.id
                     FROM   belay_work head
                     WHERE  head.queue = m.queue AND head.lane = m.lane
                       AND  head.line_pos IS NOT NULL
                     ORDER BY head.line_pos
                     LIMIT  1)
        AND  w.state = 'WAITING' AND w.due_at_ms IS NULL
        AND
      """
          + IN_LOCKED_LANE;

  private PgLaneSql() {}
}
