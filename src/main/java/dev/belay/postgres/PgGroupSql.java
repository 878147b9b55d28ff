package dev.belay.postgres;

/**
 * The statements of {@link PgGroupVerbs}. Each takes arrays with an item for each member, and
 * returns a row for each member whose verb it has done: first the number of the member, from 1.
 * Stateless, safe for use by many threads.
 *
 * <p>None waits for a row: {@code SKIP LOCKED}. A statement that locks a row which changed since
 * its snapshot checks the conditions on that row again, and sees nothing else of the change. Where
 * that matters, a unique index refuses the whole call, and its members run alone.
 */
final class PgGroupSql {
  /**
   * Appends to sessions. A receipt that a twin has just committed may not be seen; then the twin's
   * revision refuses the member, or the key of receipts the call.
   */
  static final String APPEND =
      """
      WITH u AS MATERIALIZED (
        SELECT m.ord, m.op, m.hash, m.hash_format, m.n, m.state,
               s.no, s.revision, s.last_seq, s.leaf_seq, s.active_at_ms
        FROM   unnest(?, ?, ?, ?, ?, ?, ?) WITH ORDINALITY
               AS m(id, expected, op, hash, hash_format, n, state, ord)
        CROSS JOIN LATERAL (
               SELECT no, revision, last_seq, leaf_seq, active_at_ms
               FROM   belay_session
               WHERE  id = m.id AND absent_since_ms IS NULL
                 AND  (m.expected < 0 OR revision = m.expected)
               FOR NO KEY UPDATE SKIP LOCKED) AS s
        WHERE  m.op IS NULL OR NOT EXISTS (
                 SELECT 1 FROM belay_session_receipt r
                 WHERE  r.session_no = s.no
                   AND  r.operation_id = m.op)),
      e AS (SELECT * FROM unnest(?, ?, ?, ?) AS e(ord, idx, type, payload)),
      t AS (SELECT current_setting('belay.now')::bigint AS now_ms),
      heads AS (
        UPDATE belay_session s
        SET    revision = u.revision + 1, last_seq = u.last_seq + u.n,
               leaf_seq = CASE WHEN u.n = 0 THEN u.leaf_seq ELSE u.last_seq + u.n END,
               updated_at_ms = t.now_ms,
               active_at_ms = CASE WHEN t.now_ms - u.active_at_ms BETWEEN 0 AND 999
                                   THEN u.active_at_ms ELSE t.now_ms END
        FROM   u, t
        WHERE  s.no = u.no),
      events AS (
        INSERT INTO belay_session_event (session_no, seq, parent_seq, at_ms, type, payload)
        SELECT u.no, u.last_seq + e.idx,
               CASE WHEN e.idx = 1 THEN u.leaf_seq ELSE u.last_seq + e.idx - 1 END,
               t.now_ms, e.type, e.payload
        FROM   e JOIN u ON u.ord = e.ord CROSS JOIN t),
      states AS (
        INSERT INTO belay_session_state (session_no, state)
        SELECT no, state FROM u WHERE state IS NOT NULL
        ON CONFLICT (session_no) DO UPDATE SET state = excluded.state),
      receipts AS (
        INSERT INTO belay_session_receipt
               (session_no, operation_id, hash_format, hash, revision, at_ms, first_seq, last_seq)
        SELECT u.no, u.op, u.hash_format, decode(u.hash, 'hex'), u.revision + 1, t.now_ms, u.last_seq + 1,
               u.last_seq + u.n
        FROM   u, t
        WHERE  u.op IS NOT NULL)
      SELECT ord, revision + 1, last_seq + 1, last_seq + n FROM u
      """;

  /** Adds work that is ready. */
  static final String ADD =
      """
      WITH m AS MATERIALIZED (
        SELECT *
        FROM   unnest(?, ?, ?, ?, ?, ?, ?, ?) WITH ORDINALITY
               AS m(id, queue, type, priority, attempts_max, headers, payload, bytes, ord)),
      w AS (
        INSERT INTO belay_work
               (id, queue, state, type, payload_bytes, priority, attempts_max, enqueued_at_ms)
        SELECT id, queue, 'READY', type, bytes, priority, attempts_max,
               current_setting('belay.now')::bigint
        FROM   m),
      p AS (
        INSERT INTO belay_work_payload (work_id, headers, payload)
        SELECT id, headers, payload FROM m)
      SELECT ord FROM m
      """;

  /**
   * Claims work of one queue, a piece for each member, in the order of claims. It ends before work
   * that has lapsed, and where the payloads reach 8 MiB, but takes one piece of any size. It takes
   * nothing if something is due: claims that run alone do that.
   */
  static final String TAKE =
      """
      WITH head AS MATERIALIZED (
        SELECT w.id, w.priority, w.lane, w.lapses, w.token, w.payload_bytes
        FROM   belay_work w
        WHERE  w.queue = ? AND w.state = 'READY'
          AND  (w.lane IS NULL OR EXISTS (
                  SELECT 1 FROM belay_lane l
                  WHERE  l.queue = w.queue AND l.lane = w.lane
                  FOR NO KEY UPDATE SKIP LOCKED))
        ORDER BY w.priority DESC, w.id
        LIMIT  ?
        FOR NO KEY UPDATE OF w SKIP LOCKED),
      t AS (SELECT ?::text AS queue, ?::bigint AS token,
                   current_setting('belay.now')::bigint AS now_ms),
      ranked AS (
        SELECT h.id, h.lane, t.token + row_number() OVER first - 1 AS token,
               row_number() OVER first AS rank, t.queue, t.now_ms,
               bool_and(h.lapses = 0 AND h.token < t.token AND NOT EXISTS (
                          SELECT 1 FROM belay_lane l
                          WHERE  l.queue = t.queue AND l.lane = h.lane AND l.token >= t.token))
                 OVER first
               AND (row_number() OVER first = 1
                    OR sum(h.payload_bytes) OVER first <= 8 * 1024 * 1024) AS usual
        FROM   head h CROSS JOIN t
        WHERE  NOT EXISTS (SELECT 1 FROM belay_work WHERE queue = t.queue AND due_at_ms <= t.now_ms)
          AND  NOT EXISTS (
                 SELECT 1 FROM belay_work WHERE queue = t.queue AND expires_at_ms <= t.now_ms)
        WINDOW first AS (ORDER BY h.priority DESC, h.id)),
      granted AS (
        UPDATE belay_lane l
        SET    token = r.token
        FROM   ranked r
        WHERE  r.usual AND l.queue = r.queue AND l.lane = r.lane
          AND  l.token < r.token
        RETURNING l.lane),
      claimed AS (
        UPDATE belay_work w
        SET    state = 'CLAIMED', token = r.token, worker = m.worker,
               attempt = w.attempt + 1, due_at_ms = NULL,
               claimed_at_ms = r.now_ms, expires_at_ms = r.now_ms + m.ttl_ms
        FROM   ranked r
        JOIN   unnest(?, ?) WITH ORDINALITY AS m(worker, ttl_ms, rank) ON m.rank = r.rank
        WHERE  w.id = r.id AND r.usual
          AND  (r.lane IS NULL OR r.lane IN (SELECT lane FROM granted))
        RETURNING m.rank, w.id, w.token, w.type, w.attempt, w.attempts_max, w.expires_at_ms, w.lane,
                  w.claimed_at_ms)
      SELECT c.rank, c.id, c.token, c.type, p.payload, c.attempt, c.attempts_max, p.headers,
             c.expires_at_ms, c.lane, c.claimed_at_ms
      FROM   claimed c
      JOIN   belay_work_payload p ON p.work_id = c.id
      ORDER BY c.rank
      """;

  /** Completes claims of work that is in no lane. */
  static final String COMPLETE =
      """
      WITH m AS MATERIALIZED (
        SELECT m.ord, m.id, m.result
        FROM   unnest(?, ?, ?, ?) WITH ORDINALITY AS m(id, queue, token, result, ord)
        CROSS JOIN LATERAL (
               SELECT 1
               FROM   belay_work w
               WHERE  w.id = m.id AND w.queue = m.queue AND w.token = m.token
                 AND  w.state = 'CLAIMED' AND w.expires_at_ms > current_setting('belay.now')::bigint
                 AND  w.lane IS NULL
               FOR NO KEY UPDATE SKIP LOCKED) AS held),
      done AS (
        UPDATE belay_work w
        SET    state = 'DONE', finished_at_ms = current_setting('belay.now')::bigint, expires_at_ms = NULL
        FROM   m
        WHERE  w.id = m.id),
      results AS (
        INSERT INTO belay_work_result (work_id, result)
        SELECT id, result FROM m WHERE result IS NOT NULL)
      SELECT ord FROM m
      """;

  /**
   * Renews leases. None gets an earlier expiry: a call that the server runs late may come behind
   * the one that replaced it.
   */
  static final String RENEW_LEASES =
      """
      WITH m AS MATERIALIZED (
        SELECT m.place, m.name, t.now_ms + m.ttl_ms AS expires_at_ms, held.holder, held.acquired_at_ms
        FROM   unnest(?, ?, ?, ?) AS m(place, name, token, ttl_ms)
        CROSS JOIN (SELECT current_setting('belay.now')::bigint AS now_ms) AS t
        CROSS JOIN LATERAL (
               SELECT l.holder, l.acquired_at_ms
               FROM   belay_lease l
               WHERE  l.name = m.name AND l.token = m.token AND l.expires_at_ms > t.now_ms
                 AND  l.expires_at_ms <= t.now_ms + m.ttl_ms AND l.holder <> ''
               FOR NO KEY UPDATE SKIP LOCKED) AS held),
      renewed AS (
        UPDATE belay_lease l
        SET    expires_at_ms = m.expires_at_ms
        FROM   m
        WHERE  l.name = m.name)
      SELECT place, holder, acquired_at_ms, expires_at_ms, 0 FROM m
      """;

  /**
   * Renews claims of work that is in no lane; as {@link #RENEW_LEASES}, none to an earlier expiry.
   */
  static final String RENEW_CLAIMS =
      """
      WITH m AS MATERIALIZED (
        SELECT m.place, m.id, t.now_ms + m.ttl_ms AS expires_at_ms, held.cancel_requested
        FROM   unnest(?, ?, ?, ?, ?) AS m(place, id, queue, token, ttl_ms)
        CROSS JOIN (SELECT current_setting('belay.now')::bigint AS now_ms) AS t
        CROSS JOIN LATERAL (
               SELECT w.cancel_requested
               FROM   belay_work w
               WHERE  w.id = m.id AND w.queue = m.queue AND w.token = m.token
                 AND  w.state = 'CLAIMED' AND w.expires_at_ms > t.now_ms
                 AND  w.expires_at_ms <= t.now_ms + m.ttl_ms AND w.lane IS NULL
               FOR NO KEY UPDATE SKIP LOCKED) AS held),
      renewed AS (
        UPDATE belay_work w
        SET    expires_at_ms = m.expires_at_ms
        FROM   m
        WHERE  w.id = m.id)
      SELECT place, '', 0, expires_at_ms, cancel_requested FROM m
      """;

  private PgGroupSql() {}
}
