package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/**
 * The statements that keep the lines of the lanes. Belongs to the body that attached it.
 *
 * <p>A line is walked from one of its ends, and never further than a grant can reach: it may be
 * very long. Its end is found by {@code ORDER BY … DESC LIMIT 1}, because {@code MAX} walks it.
 */
@UseTemplateEngine(VerbatimSql.class)
interface LaneStepDao extends LaneDao {
  /** Adds work at the end of a line; its state. Empty if its key is taken. */
  @SqlQuery(
      """
      INSERT INTO belay_work
             (id, queue, state, type, key, key_life, payload_bytes, lane, line_pos,
              priority, attempts_max, enqueued_at_ms)
      SELECT :id, :queue, CASE WHEN line.last IS NULL THEN 'READY' ELSE 'WAITING' END, :type, :key,
             :keyLife, :payloadBytes, :lane, COALESCE(line.last, 0) + 1, :priority, :attemptsMax, :nowMs
      FROM   (SELECT (SELECT line_pos
                      FROM   belay_work
                      WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
                      ORDER BY line_pos DESC
                      LIMIT  1) AS last) AS line
      WHERE  true
      """
          + WorkStepDao.UNLESS_KEY_IS_TAKEN
          + "RETURNING state")
  Optional<String> addLast(
      long id,
      String queue,
      String lane,
      String type,
      @Nullable String key,
      @Nullable String keyLife,
      long payloadBytes,
      int priority,
      int attemptsMax,
      long nowMs);

  /** Lets scheduled work join its line, at the end. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    (state, line_pos) = (
               SELECT CASE WHEN line.last IS NULL THEN 'READY' ELSE 'WAITING' END,
                      COALESCE(line.last, 0) + 1
               FROM   (SELECT (SELECT w.line_pos
                               FROM   belay_work w
                               WHERE  w.queue = :queue AND w.lane = :lane
                                 AND  w.line_pos IS NOT NULL
                               ORDER BY w.line_pos DESC
                               LIMIT  1) AS last) AS line),
             due_at_ms = NULL
      WHERE  id = :id AND queue = :queue AND lane = :lane AND state = 'SCHEDULED'
      """)
  int join(long id, String queue, String lane);

  /** Lets work wait for its lane alone, when the time of its retry has come. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    due_at_ms = NULL
      WHERE  id = :id AND lane IS NOT NULL AND state = 'WAITING'
      """)
  int resume(long id);

  /** Makes the first in line claimable, if it waits for nothing else; 1 or 0. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'READY'
      WHERE  id = (SELECT id
                   FROM   belay_work
                   WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
                   ORDER BY line_pos
                   LIMIT  1)
        AND  state = 'WAITING' AND due_at_ms IS NULL
      """)
  int readyHead(String queue, String lane);

  /** Renews a lane grant as a whole; how many claims it has. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    expires_at_ms = :expiresAtMs
      WHERE  id IN (SELECT id
                    FROM   belay_work
                    WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
                    ORDER BY line_pos
                    LIMIT  :limit)
        AND  state = 'CLAIMED' AND token = :token
      """)
  int renewGrant(String queue, String lane, long token, long expiresAtMs, int limit);
}
