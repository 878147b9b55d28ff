package dev.belay.postgres;

/**
 * The statements of {@link PgGroupVerbs} for leases, as {@link PgGroupSql} describes them.
 * Stateless, safe for use by many threads.
 */
final class PgLeaseSql {
  /**
   * Asks for leases whose names have a row. Returns the number of the member; the token and the
   * times of the new grant, 0 if the last one is live; and the last grant.
   */
  static final String ACQUIRE =
      """
      WITH m AS MATERIALIZED (
        SELECT m.ord, m.name, m.holder, t.token + m.ord - 1 AS token, t.now_ms,
               t.now_ms + m.ttl_ms AS expires_at_ms
        FROM   unnest(?, ?, ?) WITH ORDINALITY AS m(name, holder, ttl_ms, ord)
        CROSS JOIN (SELECT ?::bigint AS token,
                           current_setting('belay.now')::bigint AS now_ms) AS t),
      free AS MATERIALIZED (
        SELECT m.*, last.holder AS last_holder, last.token AS last_token,
               last.acquired_at_ms AS last_acquired_at_ms,
               last.expires_at_ms AS last_expires_at_ms
        FROM   m
        CROSS JOIN LATERAL (
               SELECT l.holder, l.token, l.acquired_at_ms, l.expires_at_ms
               FROM   belay_lease l
               WHERE  l.name = m.name AND l.token < m.token
                 AND  (l.holder = '' OR l.expires_at_ms <= m.now_ms)
               FOR NO KEY UPDATE SKIP LOCKED) AS last),
      granted AS (
        UPDATE belay_lease l
        SET    holder = f.holder, token = f.token, acquired_at_ms = f.now_ms,
               expires_at_ms = f.expires_at_ms
        FROM   free f
        WHERE  l.name = f.name)
      SELECT ord, token, now_ms, expires_at_ms,
             last_holder, last_token, last_acquired_at_ms, last_expires_at_ms
      FROM   free
      UNION ALL
      SELECT m.ord, 0, 0, 0, live.holder, live.token, live.acquired_at_ms, live.expires_at_ms
      FROM   m
      CROSS JOIN LATERAL (
             SELECT l.holder, l.token, l.acquired_at_ms, l.expires_at_ms
             FROM   belay_lease l
             WHERE  l.name = m.name AND l.expires_at_ms > m.now_ms
               AND  l.holder <> '') AS live
      """;

  /** Releases live leases. */
  static final String RELEASE =
      """
      WITH m AS MATERIALIZED (
        SELECT m.ord, m.name, t.now_ms
        FROM   unnest(?, ?) WITH ORDINALITY AS m(name, token, ord)
        CROSS JOIN (SELECT current_setting('belay.now')::bigint AS now_ms) AS t
        CROSS JOIN LATERAL (
               SELECT 1
               FROM   belay_lease l
               WHERE  l.name = m.name AND l.token = m.token AND l.expires_at_ms > t.now_ms
                 AND  l.holder <> ''
               FOR NO KEY UPDATE SKIP LOCKED) AS held),
      released AS (
        UPDATE belay_lease l
        SET    holder = '', expires_at_ms = m.now_ms
        FROM   m
        WHERE  l.name = m.name)
      SELECT ord FROM m
      """;

  private PgLeaseSql() {}
}
