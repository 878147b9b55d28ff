package dev.belay.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The statements that begin transactions, one for each kind. Immutable, safe for use by many
 * threads.
 *
 * @param verb for Belay's own verbs
 * @param turn for those that wait for a lock in turn, each for a moment
 * @param body for bodies of users, whose plans are the planner's own choice
 * @param reading for a body that only reads
 * @param looking for a read of Belay's own
 * @param session settings for all that follows on a connection
 * @param group for calls that have no id, because their COMMIT is a part of them
 * @param isBorrowed whether the connections belong to a pool of the host
 */
record PgBegin(
    String verb,
    String turn,
    String body,
    String reading,
    String looking,
    String session,
    String group,
    boolean isBorrowed) {
  /* Plans made while a table was empty are kept until the next ANALYZE, and read a full table from
   * end to end. Belay's own statements each have one right plan: along an index.
   */
  private static final String OWN_PLANS =
      ", set_config('plan_cache_mode', 'force_generic_plan', true)"
          + ", set_config('enable_seqscan', 'off', true)"
          + ", set_config('enable_hashjoin', 'off', true)"
          + ", set_config('enable_mergejoin', 'off', true)"
          + ", set_config('enable_bitmapscan', 'off', true)"
          + ", set_config('enable_sort', 'off', true)";

  /** The time for which one of several waits for a lock before the next does: 200 ms. */
  private static final int TURN_MS = 200;

  private static final String NOW = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

  /**
   * Notes the time of a call: what the application chose, or the server's, but at least a floor.
   */
  private static final String NOTED_NOW =
      ", set_config('belay.now', COALESCE(?::bigint, GREATEST(?::bigint, "
          + NOW
          + "))::text, true)";

  /** Begins a transaction that Belay ends: the default of the server's user may be another one. */
  private static final String BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED";

  private static final String WRITING = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; ";

  private static final String READING =
      "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT NULL, " + NOW;

  /* Ids of transactions are unique in one life of the server. A standby that takes over continues
   * on another timeline. A crash loses the ids that were not on disk, and the server gives them to
   * others; it also resets the statistics, which therefore have the time of the last crash.
   */
  static final String ASK_LIFE =
      "SELECT concat(timeline_id, ' ', extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time()))"
          + " AS life FROM pg_control_checkpoint()";

  /** Asks what became of the transaction of a life and an id; null if the server cannot say. */
  static final String ASK_STATUS =
      "SELECT CASE WHEN life = ? THEN pg_xact_status(?::xid8) END FROM ("
          + ASK_LIFE
          + ") AS server";

  /** Durable on this server; whether a standby is waited for may be the administrator's choice. */
  private static final String LASTING =
      "CASE WHEN current_setting('synchronous_commit') IN ('local', 'remote_apply')"
          + " THEN current_setting('synchronous_commit') ELSE 'on' END";

  /** Asks for the statement that sets back what {@link #session} sets. */
  static final String FOUND =
      "SELECT format('SELECT set_config(''search_path'', %L, false),"
          + " set_config(''lock_timeout'', %L, false),"
          + " set_config(''synchronous_commit'', %L, false)', current_setting('search_path'),"
          + " current_setting('lock_timeout'), current_setting('synchronous_commit'))";

  /**
   * What the server answers to a BEGIN.
   *
   * @param xid the id of the transaction; null if it only reads
   * @param nowMs the server's time in milliseconds since 1970
   * @param life the life of the server, in which the id is unique
   * @param sentNanos the {@code nanoTime} before the question
   * @param answeredNanos the {@code nanoTime} after the answer
   */
  record Begun(@Nullable String xid, long nowMs, String life, long sentNanos, long answeredNanos) {
    static final Begun NONE = new Begun(null, 0, "", 0, 0);
  }

  /**
   * Returns the statements of one store.
   *
   * @param searchPath the search path of all bodies
   * @param lockTimeoutMs the time to wait for a lock, in milliseconds; 0 is no time
   */
  static PgBegin of(
      String searchPath, int lockTimeoutMs, boolean survivesPowerLoss, boolean borrowed) {
    String settings = settings(searchPath, lockTimeoutMs);
    String durability =
        ", set_config('synchronous_commit', " + (survivesPowerLoss ? LASTING : "'off'") + ", true)";
    String writing = WRITING + "SELECT pg_current_xact_id()::text, " + NOW + durability;
    return new PgBegin(
        writing + settings + OWN_PLANS,
        writing + settings(searchPath, Math.min(TURN_MS, lockTimeoutMs)) + OWN_PLANS,
        writing + settings,
        READING + settings,
        READING + settings + OWN_PLANS,
        "SELECT 1" + (settings + durability).replace(", true)", ", false)"),
        "SELECT NULL, " + NOW + NOTED_NOW + settings + durability + OWN_PLANS,
        borrowed);
  }

  private static String settings(String searchPath, int lockTimeoutMs) {
    return ", set_config('search_path', "
        + quoted(searchPath)
        + ", true), set_config('lock_timeout', '"
        + Math.max(1, lockTimeoutMs)
        + "ms', true)";
  }

  /**
   * Returns the text of a call: {@code statements} in a transaction of their own. Its first two
   * parameters are the time: the one that the application chose, or null, and the earliest.
   */
  String call(String statements) {
    return String.join("; ", BEGIN, group, statements, "COMMIT");
  }

  /**
   * Reads the answer of the server.
   *
   * @param row the row
   * @param sentNanos the {@code nanoTime} before the question
   */
  static Begun begun(ResultSet row, String life, long sentNanos) throws SQLException {
    row.next();
    return new Begun(row.getString(1), row.getLong(2), life, sentNanos, System.nanoTime());
  }

  /** Asks for the life of the server. */
  static String life(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(ASK_LIFE)) {
      row.next();
      return row.getString(1);
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
