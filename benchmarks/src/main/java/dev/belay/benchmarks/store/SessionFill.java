package dev.belay.benchmarks.store;

import java.util.Locale;

/** The SQL that fills a store with sessions. Stateless. */
final class SessionFill {
  private static final String SESSIONS =
      """
      WITH RECURSIVE number (i) AS (
        SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < %1$d
      )
      INSERT INTO belay_session (no, id, revision, leaf_seq, last_seq, created_at_ms, updated_at_ms)
      SELECT i, 'session-' || i, %2$d, %2$d, %2$d, 1, 1 FROM number
      """;

  private static final String EVENTS =
      """
      WITH RECURSIVE number (i) AS (
        SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < %1$d
      )
      INSERT INTO belay_session_event (session_no, seq, parent_seq, at_ms, type, payload)
      SELECT no, i, i - 1, 1, 'message', printf('%%.200c', 'x')
      FROM   belay_session CROSS JOIN number
      """;

  private SessionFill() {}

  /** So many sessions of so many events each, every event of 200 bytes. */
  static String[] sql(int sessions, int events) {
    return new String[] {
      String.format(Locale.ROOT, SESSIONS, sessions, events),
      String.format(Locale.ROOT, EVENTS, events)
    };
  }
}
