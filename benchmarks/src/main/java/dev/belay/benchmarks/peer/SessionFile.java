package dev.belay.benchmarks.peer;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;

/**
 * Makes the file of a measurement with sessions: up to date, sessions 1, 2, … named {@code
 * session-1} and so on. Stateless.
 */
public final class SessionFile {
  /** Where each session of {@link #create} stands at first. */
  public static final long REVISION = 1;

  /** The number of its only event. */
  public static final long SEQ = 1;

  /** The type of every event. */
  public static final String TYPE = "message";

  /** What each event carries: 200 bytes. */
  public static final String PAYLOAD = "x".repeat(200);

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

  private SessionFile() {}

  /** Makes so many sessions, each with one event. */
  public static void create(Path file, int sessions) throws SQLException {
    fill("", file, sessions, 1);
  }

  /** A session of {@link #create}, which nobody has written yet. */
  public static OwnSession session(long no) {
    return new OwnSession("session-" + no, no, REVISION, SEQ);
  }

  /**
   * Makes so many sessions of so many events each.
   *
   * @param fixtures where filled stores are kept, {@code ""} to keep none
   */
  public static void fill(String fixtures, Path file, int sessions, int events)
      throws SQLException {
    Fixtures.fill(
        fixtures,
        "sessions-" + sessions + "-" + events,
        file,
        String.format(Locale.ROOT, SESSIONS, sessions, events),
        String.format(Locale.ROOT, EVENTS, events));
  }
}
