package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * The statements that move one piece of work. Belongs to the body that attached it.
 *
 * <p>Not public: each is right only between others, above all in a lane, whose next head {@link
 * LaneStepDao#readyHead} frees.
 *
 * <p>Every statement of a claim proves its right in the same words: {@code id = :id AND queue =
 * :queue AND token = :token AND state = 'CLAIMED' AND expires_at_ms > :nowMs}.
 */
@UseTemplateEngine(VerbatimSql.class)
interface WorkStepDao extends WorkDao {
  /** Whether the key of {@code w} counts: the condition of the index that makes keys unique. */
  String KEY_COUNTS =
      "AND w.key IS NOT NULL AND (w.key_life = 'WHILE_KEPT' OR w.finished_at_ms IS NULL)\n";

  /** Adds nothing if the key is taken. */
  String UNLESS_KEY_IS_TAKEN =
      """
      ON CONFLICT (queue, key)
        WHERE key IS NOT NULL AND (key_life = 'WHILE_KEPT' OR finished_at_ms IS NULL)
        DO NOTHING
      """;

  /**
   * The largest id that work has or had; 0 if there was none. Empty if the counter of deleted ids
   * is missing or negative.
   */
  @SqlQuery(
      """
      SELECT CASE WHEN value < COALESCE((SELECT MAX(id) FROM belay_work), 0)
                  THEN (SELECT MAX(id) FROM belay_work)
                  ELSE value END
      FROM   belay_counter
      WHERE  name = 'work' AND value >= 0
      """)
  Optional<Long> largestId();

  /** Adds work that is in no line: in no lane, or for later. 1, or 0 if its key is taken. */
  @SqlUpdate(
      """
      INSERT INTO belay_work
             (id, queue, state, type, key, key_life, payload_bytes, lane, priority,
              due_at_ms, attempts_max, enqueued_at_ms)
      VALUES (:id, :queue, :state, :type, :key, :keyLife, :payloadBytes, :lane,
              :priority, :dueAtMs, :attemptsMax, :nowMs)
      """
          + UNLESS_KEY_IS_TAKEN)
  int add(
      long id,
      String queue,
      String state,
      String type,
      @Nullable String key,
      @Nullable String keyLife,
      long payloadBytes,
      @Nullable String lane,
      int priority,
      @Nullable Long dueAtMs,
      int attemptsMax,
      long nowMs);

  /** Keeps what is to be done. */
  @SqlUpdate(
      """
      INSERT INTO belay_work_payload (work_id, headers, payload) VALUES (:id, :headers, :payload)
      """)
  int addPayload(long id, @Nullable String headers, String payload);

  /** Makes work without a lane claimable whose time has come. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'READY', due_at_ms = NULL
      WHERE  id = :id AND lane IS NULL AND state IN ('SCHEDULED', 'WAITING')
      """)
  int makeReady(long id);

  /**
   * Ends a grant that has lapsed, the whole of a lane's: its claims have one token and one expiry.
   * Returns how many claims; in a lane the line waits.
   */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = CASE WHEN cancel_requested = 1 THEN 'CANCELLED'
                          WHEN attempt >= attempts_max THEN 'BURIED'
                          WHEN lane IS NULL THEN 'READY'
                          ELSE 'WAITING' END,
             line_pos = CASE WHEN cancel_requested = 1 OR attempt >= attempts_max THEN NULL
                             ELSE line_pos END,
             finished_at_ms = CASE WHEN cancel_requested = 1 OR attempt >= attempts_max
                                   THEN :nowMs END,
             last_error = CASE WHEN cancel_requested = 0 AND attempt >= attempts_max THEN :reason
                               ELSE last_error END,
             lapses = lapses + 1, expires_at_ms = NULL
      WHERE  queue = :queue AND expires_at_ms = :expiresAtMs AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms <= :nowMs
      """)
  int lapse(String queue, long token, long expiresAtMs, String reason, long nowMs);

  /** Renews a live claim, of its grant this one alone. Empty if it is not live. */
  @SqlQuery(
      """
      UPDATE belay_work
      SET    expires_at_ms = :expiresAtMs
      WHERE  id = :id AND queue = :queue AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms > :nowMs
      RETURNING lane, cancel_requested
      """)
  @UseRowMapper(RenewedWork.Mapper.class)
  Optional<RenewedWork> renew(long id, String queue, long token, long nowMs, long expiresAtMs);

  /** Ends a live claim for good, as DONE or BURIED, of work in no lane; 1, or 0 if it is none. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = :state, finished_at_ms = :nowMs, expires_at_ms = NULL,
             last_error = COALESCE(:error, last_error)
      WHERE  id = :id AND queue = :queue AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms > :nowMs AND lane IS NULL
      """)
  int finishUnlaned(
      long id, String queue, long token, String state, @Nullable String error, long nowMs);

  /**
   * Ends a live claim for good, as DONE or BURIED; the lane, {@code ""} if it has none. Empty if it
   * is not live, or if earlier work of its line is still open.
   */
  @SqlQuery(
      """
      UPDATE belay_work
      SET    state = :state, finished_at_ms = :nowMs, expires_at_ms = NULL, line_pos = NULL,
             last_error = COALESCE(:error, last_error)
      WHERE  id = :id AND queue = :queue AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms > :nowMs
        AND  (lane IS NULL OR NOT EXISTS (
                SELECT 1
                FROM   belay_work ahead
                WHERE  ahead.queue = belay_work.queue AND ahead.lane = belay_work.lane
                  AND  ahead.line_pos < belay_work.line_pos))
      RETURNING COALESCE(lane, '')
      """)
  Optional<String> finish(
      long id, String queue, long token, String state, @Nullable String error, long nowMs);

  /** Keeps the result of work. */
  @SqlUpdate("INSERT INTO belay_work_result (work_id, result) VALUES (:id, :result)")
  int addResult(long id, String result);

  /** Ends a claim as BURIED or CANCELLED, wherever it stands in line. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = :state, finished_at_ms = :nowMs, expires_at_ms = NULL, line_pos = NULL,
             attempt = attempt - :uncharged, last_error = COALESCE(:error, last_error)
      WHERE  id = :id AND token = :token AND state = 'CLAIMED'
      """)
  int giveUp(long id, long token, String state, int uncharged, @Nullable String error, long nowMs);

  /** Ends a claim so that the work can be claimed again, when it is due and its lane lets it. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = CASE WHEN lane IS NULL AND CAST(:dueAtMs AS BIGINT) IS NULL THEN 'READY'
                          ELSE 'WAITING' END,
             due_at_ms = :dueAtMs, expires_at_ms = NULL, lapses = 0,
             attempt = attempt - :uncharged, last_error = COALESCE(:error, last_error)
      WHERE  id = :id AND token = :token AND state = 'CLAIMED'
      """)
  int giveBack(long id, long token, @Nullable Long dueAtMs, int uncharged, @Nullable String error);

  /** Claims whose work somebody asked to cancel, by id, page by page. */
  @SqlQuery(
      """
      SELECT id, lane, token, state, expires_at_ms
      FROM   belay_work
      WHERE  queue = :queue AND id > :afterId AND cancel_requested = 1 AND state = 'CLAIMED'
      ORDER BY id
      LIMIT  :limit
      """)
  @UseRowMapper(DueWork.Mapper.class)
  List<DueWork> wishes(String queue, long afterId, int limit);

  /** Stores the wish to cancel claimed work. */
  @SqlUpdate("UPDATE belay_work SET cancel_requested = 1 WHERE id = :id AND state = 'CLAIMED'")
  int requestCancel(long id);

  /** Cancels work that nobody has claimed; 1, or 0 if it is claimed or finished. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'CANCELLED', finished_at_ms = :nowMs, due_at_ms = NULL, line_pos = NULL
      WHERE  id = :id AND state IN ('SCHEDULED', 'READY', 'WAITING')
      """)
  int cancel(long id, long nowMs);

  /** Whether other work has the key that was this one's while it was open. */
  @SqlQuery(
      """
      SELECT EXISTS (
               SELECT 1
               FROM   belay_work spent
               CROSS JOIN belay_work w
               WHERE  spent.id = :id AND w.id <> spent.id
                 AND  w.queue = spent.queue AND w.key = spent.key
      """
          + KEY_COUNTS
          + ")")
  boolean isKeyTaken(long id);

  /** Makes buried or cancelled work new, scheduled for now; 1, or 0 if it is not. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'SCHEDULED', due_at_ms = :nowMs, finished_at_ms = NULL,
             attempt = 0, lapses = 0, cancel_requested = 0
      WHERE  id = :id AND state IN ('BURIED', 'CANCELLED')
      """)
  int revive(long id, long nowMs);

  /**
   * The work that has been finished longest, of what stands behind a place: of a limited subquery
   * the order is kept.
   */
  @SqlQuery(
      """
      SELECT id, finished_at_ms,
             (SELECT w.payload_bytes FROM belay_work w WHERE w.id = oldest.id)
           + COALESCE((SELECT octet_length(r.result)
                       FROM   belay_work_result r WHERE r.work_id = oldest.id), 0)
      FROM   (SELECT id, finished_at_ms
              FROM   belay_work
              WHERE  queue = :queue AND finished_at_ms < :beforeMs AND state = 'DONE'
                AND  (finished_at_ms, id) > (:afterMs, :afterId)
              UNION ALL
              SELECT id, finished_at_ms
              FROM   belay_work
              WHERE  queue = :queue AND finished_at_ms < :beforeMs AND state = 'CANCELLED'
                AND  (finished_at_ms, id) > (:afterMs, :afterId)
              UNION ALL
              SELECT id, finished_at_ms
              FROM   belay_work
              WHERE  queue = :queue AND finished_at_ms < :buriedBeforeMs AND state = 'BURIED'
                AND  (finished_at_ms, id) > (:afterMs, :afterId)
              ORDER BY finished_at_ms, id
              LIMIT  :limit) AS oldest
      """)
  @UseRowMapper(WorkSize.Mapper.class)
  List<WorkSize> oldestFinished(
      String queue, long beforeMs, long buriedBeforeMs, long afterMs, long afterId, int limit);

  /** Deletes a piece of work, its payload and its result. */
  @SqlUpdate("DELETE FROM belay_work WHERE id = :id")
  int delete(long id);
}
