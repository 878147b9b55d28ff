package dev.belay.postgres;

import static java.util.stream.Collectors.joining;

import dev.belay.engine.jdbc.SqlDialect;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The statements that PostgreSQL needs in other words than their annotations have. Immutable, safe
 * for use by many threads.
 *
 * <p>There are these reasons for other words:
 *
 * <ol>
 *   <li>It looks for work, and must not wait for work or lanes that other transactions have locked:
 *       it passes over them, and locks what it returns. The lane is locked before the work.
 *   <li>A released lease keeps its row, because its next token must be larger. The row has no
 *       holder, and is live at no time: its expiry is of another transaction's time.
 *   <li>A check knows the last number that was given out, which is that of a block, and the rows of
 *       lanes.
 *   <li>The planner would use another index than the one that is meant. After the analysis of a
 *       table that was empty, all indexes cost the same to it, and it takes one that brings an
 *       order, from end to end; it keeps that plan until the next analysis.
 *   <li>It would sort what several branches of a UNION ALL have in order already.
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

  /** Conditions that need other words: a released lease keeps its row. */
  private static final Map<String, Map<String, String>> CONDITIONS =
      Map.of(
          "LeaseDao",
          Map.of("expires_at_ms > :nowMs", "expires_at_ms > :nowMs AND holder <> ''"),
          "StatsDao",
          Map.of(
              "belay_lease WHERE expires_at_ms > :nowMs",
              "belay_lease WHERE expires_at_ms > :nowMs AND holder <> ''"));

  private static final Set<String> MERGED = Set.of("PurgeDao.oldestFinished", "WorkDao.listReady");

  private static final String LAST_TOKEN = "(SELECT value FROM belay_counter WHERE name = 'token')";
  private static final String LAST_OF_BLOCK =
      "(SELECT value * 1024 + 1023 FROM belay_counter WHERE name = 'block')";

  /** Work whose lane cannot be locked is never claimed. */
  private static final String WITHOUT_LANE =
      """
      UNION ALL
      SELECT 'work-lane', 'work ' || w.id || ' of queue ' || w.queue,
             'its lane has no row, so it is never claimed'
      FROM   w
      WHERE  w.lane IS NOT NULL AND w.finished_at_ms IS NULL
        AND  (SELECT 1 FROM belay_lane l WHERE l.queue = w.queue AND l.lane = w.lane) IS NULL
      """;

  /**
   * Returns a statement of a check, which counts numbers in blocks, and knows the rows of lanes.
   */
  private static String checking(String method, String annotated) {
    return switch (method) {
      case "WorkCheckDao.works" -> annotated.replace(LAST_TOKEN, LAST_OF_BLOCK) + WITHOUT_LANE;
      case "LeaseCheckDao.leases" -> annotated.replace(LAST_TOKEN, LAST_OF_BLOCK);
      case "LeaseCheckDao.counters" ->
          annotated
              .replace("SELECT 'token' AS name UNION ALL SELECT 'work'", "SELECT 'block' AS name")
              .replace(
                  "4611686018427387903", String.valueOf(PgNumbers.NUMBER_MAX / PgNumbers.BLOCK));
      default -> annotated;
    };
  }

  @Override
  public String sql(String method, String annotated) {
    String sql = STATEMENTS.getOrDefault(method, checking(method, annotated));
    for (String name : List.of(method, method.substring(0, method.indexOf('.')))) {
      for (Map.Entry<String, String> condition :
          CONDITIONS.getOrDefault(name, Map.of()).entrySet()) {
        sql = sql.replace(condition.getKey(), condition.getValue());
      }
    }
    return MERGED.contains(method) ? merged(sql) : sql;
  }

  /** Gives each branch of a UNION ALL the order and the limit of the whole. */
  private static String merged(String sql) {
    int order = sql.lastIndexOf("ORDER BY");
    int end = sql.indexOf(":limit", order) + ":limit".length();
    int start = sql.lastIndexOf("(SELECT", sql.indexOf("UNION ALL")) + 1;
    String ordered = sql.substring(order, end);
    return Stream.of(sql.substring(start, order).split("UNION ALL"))
        .map(branch -> "(" + branch + ordered + ")")
        .collect(joining("\nUNION ALL\n", sql.substring(0, start), "\n"))
        .concat(sql.substring(order));
  }
}
