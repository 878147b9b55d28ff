package dev.belay.queue;

import dev.belay.store.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * The statements that keep the lines of the lanes, for use inside a transaction. Belongs to the
 * body that attached it.
 *
 * <p>A line is walked from one of its ends, and never further than a grant can reach: it may be
 * very long. Its end is found by {@code ORDER BY … DESC LIMIT 1}, because {@code MAX} walks it.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface LaneDao {
  /** Adds work at the end of a line. Empty if its key is taken. */
  @SqlQuery(
      """
      INSERT INTO belay_work
             (queue, state, type, key, lane, line_pos, priority, attempts_max, enqueued_at_ms)
      SELECT :queue, CASE WHEN line.last IS NULL THEN 'READY' ELSE 'WAITING' END, :type, :key,
             :lane, COALESCE(line.last, 0) + 1, :priority, :attemptsMax, :nowMs
      FROM   (SELECT (SELECT line_pos
                      FROM   belay_work
                      WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
                      ORDER BY line_pos DESC
                      LIMIT  1) AS last) AS line
      WHERE  true
      ON CONFLICT (queue, key) WHERE key IS NOT NULL DO NOTHING
      RETURNING id
      """)
  Optional<Long> addLast(
      String queue,
      String lane,
      String type,
      @Nullable String key,
      int priority,
      int attemptsMax,
      long nowMs);

  /** Scheduled work of a lane whose time has come, in the order in which it did. */
  @SqlQuery(
      """
      SELECT id
      FROM   belay_work
      WHERE  queue = :queue AND lane = :lane AND state = 'SCHEDULED' AND due_at_ms <= :nowMs
      ORDER BY due_at_ms, id
      LIMIT  :limit
      """)
  List<Long> coming(String queue, String lane, long nowMs, int limit);

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

  /** The line as it stands, head first. */
  @SqlQuery(
      """
      SELECT id, state, token, line_pos, due_at_ms, expires_at_ms, lapses, cancel_requested
      FROM   belay_work
      WHERE  queue = :queue AND lane = :lane AND line_pos IS NOT NULL
      ORDER BY line_pos
      LIMIT  :limit
      """)
  @UseRowMapper(LinePlace.Mapper.class)
  List<LinePlace> line(String queue, String lane, int limit);

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
