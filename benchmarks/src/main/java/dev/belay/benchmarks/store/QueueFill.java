package dev.belay.benchmarks.store;

import java.util.Locale;

/** The SQL that fills a queue. Immutable. */
public enum QueueFill {
  /**
   * Work that nobody can claim, though all of it is older and of a higher priority than what can be
   * claimed: done, buried, scheduled, claimed by another, or behind the head of a lane.
   */
  UNCLAIMABLE(
      """
      CASE i %% 5 WHEN 0 THEN 'DONE' WHEN 1 THEN 'CLAIMED' WHEN 2 THEN 'WAITING'
                  WHEN 3 THEN 'BURIED' ELSE 'SCHEDULED' END AS state,
      CASE WHEN i = 1 OR i %% 5 = 2 THEN 'blocked' END AS lane
      """),
  /** Work that can be claimed, all of it. */
  CLAIMABLE("'READY' AS state, NULL AS lane");

  static final String QUEUE = "jobs";

  private static final long HOUR_MS = 3_600_000;

  private final String stateAndLane;

  QueueFill(String stateAndLane) {
    this.stateAndLane = stateAndLane;
  }

  /** {@code count} pieces of work, each with a payload of 200 bytes. */
  String[] sql(int count, long nowMs) {
    return new String[] {
      String.format(Locale.ROOT, WORK, stateAndLane.formatted(), count, nowMs, HOUR_MS, QUEUE),
      "INSERT INTO belay_work_payload (work_id, payload) SELECT id, printf('%.200c', 'x') FROM belay_work"
    };
  }

  private static final String WORK =
      """
      WITH RECURSIVE number (i) AS (
        SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < %2$d
      ),
      work AS (SELECT i, %3$d AS now_ms, %1$s FROM number)
      INSERT INTO belay_work
             (queue, state, priority, lane, line_pos, due_at_ms, expires_at_ms, token, attempt,
              attempts_max, enqueued_at_ms, claimed_at_ms, finished_at_ms, worker, type,
              payload_bytes)
      SELECT '%5$s', state, CASE state WHEN 'READY' THEN 0 ELSE 1 + i %% 50 END, lane,
             CASE WHEN lane IS NOT NULL THEN i END,
             CASE WHEN state = 'SCHEDULED' THEN now_ms + %4$d + i END,
             CASE WHEN state = 'CLAIMED' THEN now_ms + %4$d + i END,
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
}
