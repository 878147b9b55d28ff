package dev.belay.benchmarks.postgres;

import java.util.Locale;

/** The SQL that fills a queue. Immutable. */
enum Backlog {
  /**
   * Work that nobody can claim, though all of it is older and of a higher priority than what can be
   * claimed: done, claimed by another, buried, scheduled, or behind the head of a lane.
   */
  UNCLAIMABLE(
      "behind unclaimable",
      """
      CASE i %% 5 WHEN 0 THEN 'DONE' WHEN 1 THEN 'CLAIMED' WHEN 2 THEN 'WAITING'
                  WHEN 3 THEN 'BURIED' ELSE 'SCHEDULED' END AS state,
      CASE WHEN i = 1 OR i %% 5 = 2 THEN 'blocked' END AS lane
      """),
  /** Work that can be claimed, all of it. */
  CLAIMABLE("among claimable", "'READY' AS state, NULL::text AS lane");

  static final String QUEUE = "jobs";

  private static final long HOUR_MS = 3_600_000;

  private static final String WORK =
      """
      WITH work AS (
        SELECT i, floor(extract(epoch FROM now()) * 1000)::bigint AS now_ms, %1$s
        FROM   generate_series(1, %2$d) AS i)
      INSERT INTO belay_work
             (id, queue, state, priority, lane, line_pos, due_at_ms, expires_at_ms, token, attempt,
              attempts_max, enqueued_at_ms, claimed_at_ms, finished_at_ms, worker, type,
              payload_bytes)
      SELECT i, '%4$s', state, CASE state WHEN 'READY' THEN 0 ELSE 1 + i %% 50 END, lane,
             CASE WHEN lane IS NOT NULL THEN i END,
             CASE WHEN state = 'SCHEDULED' THEN now_ms + %3$d + i END,
             CASE WHEN state = 'CLAIMED' THEN now_ms + %3$d + i END,
             CASE WHEN state = 'CLAIMED' THEN i ELSE 0 END,
             CASE WHEN state = 'CLAIMED' THEN 1 ELSE 0 END,
             10,
             now_ms,
             CASE WHEN state = 'CLAIMED' THEN now_ms END,
             CASE WHEN state IN ('DONE', 'BURIED') THEN now_ms - i END,
             CASE WHEN state = 'CLAIMED' THEN 'another' END,
             '', 200
      FROM   work
      """;

  private final String text;
  private final String stateAndLane;

  Backlog(String text, String stateAndLane) {
    this.text = text;
    this.stateAndLane = stateAndLane;
  }

  String text() {
    return text;
  }

  /** {@code count} pieces of work, each with a payload of 200 bytes; then VACUUM is done. */
  String[] sql(int count) {
    return new String[] {
      "SET synchronous_commit = off",
      String.format(Locale.ROOT, WORK, stateAndLane.formatted(), count, HOUR_MS, QUEUE),
      "INSERT INTO belay_work_payload (work_id, payload) SELECT id, repeat('x', 200) FROM belay_work",
      "VACUUM ANALYZE belay_work, belay_work_payload"
    };
  }
}
