package dev.belay.benchmarks.peer;

/**
 * The statements of one operation, in the words of Belay's own {@code SessionDao}: every peer runs
 * the same SQL on the same schema, and a test holds the two together. Immutable.
 */
public final class SessionSql {
  /** The head of a session: no, revision, leaf_seq, last_seq, … */
  public static final String HEAD =
      """
      SELECT no, revision, leaf_seq, last_seq, cleared_seq, active_at_ms,
             CASE WHEN absent_since_ms IS NULL THEN 0
                  WHEN deleted_at_ms IS NULL THEN 1
                  ELSE 2 END
      FROM   belay_session
      WHERE  id = :id
      """;

  /** Moves the head by compare and swap on its revision. */
  public static final String ADVANCE =
      """
      UPDATE belay_session
      SET    revision = revision + 1, leaf_seq = :leafSeq, last_seq = :lastSeq,
             updated_at_ms = :nowMs
      WHERE  no = :no AND revision = :revision AND absent_since_ms IS NULL
      """;

  /** Appends an event. */
  public static final String APPEND =
      """
      INSERT INTO belay_session_event (session_no, seq, parent_seq, at_ms, event_id, type, payload)
      VALUES (:no, :seq, :parentSeq, :nowMs, :eventId, :type, :payload)
      """;

  private SessionSql() {}

  /** With {@code ?} for each name, in the order in which the names stand in the text. */
  public static String positional(String sql) {
    return sql.replaceAll(":\\w+", "?");
  }
}
