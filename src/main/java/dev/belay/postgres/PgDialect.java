package dev.belay.postgres;

import dev.belay.engine.jdbc.SqlDialect;
import java.util.Map;

/**
 * The statements that PostgreSQL needs in other words than their annotations have. Immutable, safe
 * for use by many threads.
 *
 * <p>There are three reasons for a statement to be here:
 *
 * <ol>
 *   <li>It looks for work, and must not wait for work or lanes that other transactions have locked:
 *       it passes over them, and locks what it returns. The lane is locked before the work.
 *   <li>A released lease keeps its row, because its next token must be larger. The row has no
 *       holder.
 *   <li>The planner would use the index of expiries in place of the primary key.
 * </ol>
 */
final class PgDialect implements SqlDialect {
  private static final String UNLOCKED_LANE =
      """
        AND  (w.lane IS NULL OR EXISTS (
                SELECT 1 FROM belay_lane l
                WHERE  l.queue = w.queue AND l.lane = w.lane
                FOR NO KEY UPDATE SKIP LOCKED))
      """;

  private static final String CLAIMABLE =
      """
      SELECT w.id, w.type, p.payload, w.lane, w.attempt + 1, w.attempts_max, p.headers, w.token
      """;

  private static final String FROM_WORK =
      """
      FROM   belay_work w
      LEFT JOIN belay_work_payload p ON p.work_id = w.id
      WHERE  w.queue = :queue AND w.state = 'READY'
      """
          + UNLOCKED_LANE;

  private static final String OTHERS_DUE =
      """
             EXISTS (SELECT 1 FROM belay_work w WHERE w.queue = :queue AND w.due_at_ms <= :nowMs
      """
          + UNLOCKED_LANE
          + """
                     FOR NO KEY UPDATE SKIP LOCKED)
          OR EXISTS (SELECT 1 FROM belay_work w WHERE w.queue = :queue AND w.expires_at_ms <= :nowMs
      """
          + UNLOCKED_LANE
          + """
                     FOR NO KEY UPDATE SKIP LOCKED)
      """;

  private static final String NEXT_FIRST = "ORDER BY w.priority DESC, w.id\n";
  private static final String LOCK = "FOR NO KEY UPDATE OF w SKIP LOCKED\n";

  private static final Map<String, String> STATEMENTS =
      Map.of(
          "ClaimDao.next",
          CLAIMABLE + ", " + OTHERS_DUE + FROM_WORK + NEXT_FIRST + "LIMIT 1\n" + LOCK,
          "ClaimDao.nextClaimable",
          CLAIMABLE + FROM_WORK + NEXT_FIRST + "LIMIT :limit\n" + LOCK,
          "ClaimDao.nextId",
          "SELECT (SELECT w.id FROM belay_work w\n"
              + "        WHERE w.queue = :queue AND w.state = 'READY'\n"
              + UNLOCKED_LANE
              + NEXT_FIRST
              + "LIMIT 1\n"
              + LOCK
              + "),\n"
              + OTHERS_DUE,
          "ClaimDao.ready",
          "SELECT w.id, w.lapses, w.payload_bytes\nFROM   belay_work w\n"
              + "WHERE  w.queue = :queue AND w.state = 'READY'\n"
              + UNLOCKED_LANE
              + NEXT_FIRST
              + "LIMIT :limit\n"
              + LOCK,
          "DueDao.lapsed",
          "SELECT w.id, w.lane, w.token, w.state, w.expires_at_ms,\n"
              + "       w.attempt >= w.attempts_max AND w.cancel_requested = 0\n"
              + "FROM   belay_work w\n"
              + "WHERE  w.queue = :queue AND w.expires_at_ms <= :nowMs\n"
              + UNLOCKED_LANE
              + "ORDER BY w.expires_at_ms, w.token, w.id\nLIMIT :limit\n"
              + LOCK,
          "DueDao.due",
          "SELECT w.id, w.lane, w.token, w.state, w.due_at_ms, 0\n"
              + "FROM   belay_work w\n"
              + "WHERE  w.queue = :queue AND w.due_at_ms <= :nowMs\n"
              + UNLOCKED_LANE
              + "ORDER BY w.due_at_ms, w.id\nLIMIT :limit\n"
              + LOCK,
          "LeaseDao.last",
          """
          SELECT name, holder, token, acquired_at_ms, expires_at_ms
          FROM   belay_lease
          WHERE  name = :name AND holder <> ''
          """,
          "LapsedDao.lapsed",
          """
          SELECT name, COALESCE(NULLIF(holder, ''), 'released'), token, acquired_at_ms,
                 expires_at_ms
          FROM   belay_lease
          WHERE  expires_at_ms <= :lapsedMs AND (expires_at_ms, name) > (:afterMs, :afterName)
          ORDER BY expires_at_ms, name
          LIMIT  :limit
          """,
          "LeaseDao.grant",
          """
          INSERT INTO belay_lease (name, holder, token, acquired_at_ms, expires_at_ms)
          VALUES (:name, :holder, :token, :nowMs, :expiresAtMs)
          ON CONFLICT (name) DO UPDATE
          SET    holder = excluded.holder, token = excluded.token,
                 acquired_at_ms = excluded.acquired_at_ms, expires_at_ms = excluded.expires_at_ms
          WHERE  belay_lease.expires_at_ms <= :nowMs OR belay_lease.holder = ''
          """,
          "LeaseDao.release",
          """
          UPDATE belay_lease
          SET    holder = '', expires_at_ms = :nowMs
          WHERE  name = :name AND token = :token AND expires_at_ms > :nowMs
          """);

  private static final String LIVE = "expires_at_ms > :nowMs";

  @Override
  public String sql(String method, String annotated) {
    String own = STATEMENTS.get(method);
    if (own != null) {
      return own;
    }
    return method.startsWith("SettleDao.")
        ? annotated.replace(LIVE, "COALESCE(expires_at_ms, 0) > :nowMs")
        : annotated;
  }
}
