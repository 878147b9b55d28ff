package dev.belay.postgres;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

/**
 * The statements that add and delete the rows of lanes. Belongs to the body that attached it.
 *
 * <p>The tokens of deleted rows have a floor, one for each queue, in {@code belay_counter}.
 */
@UseTemplateEngine(VerbatimSql.class)
interface PgLaneDao {
  /** Of a row {@code l}: whether its lane has no unfinished work. */
  String IS_IDLE =
      """
        AND  NOT EXISTS (SELECT 1 FROM belay_work w
                         WHERE  w.queue = l.queue AND w.lane = l.lane AND w.line_pos IS NOT NULL)
        AND  NOT EXISTS (SELECT 1 FROM belay_work w
                         WHERE  w.queue = l.queue AND w.lane = l.lane AND w.state = 'SCHEDULED')
      """;

  /** Returns the largest token that a deleted lane had; empty if none was deleted. */
  @SqlQuery("SELECT value FROM belay_counter WHERE name = :floor")
  Optional<Long> floor(String floor);

  /** Raises the largest token that a deleted lane had. */
  @SqlUpdate(
      """
      INSERT INTO belay_counter (name, value) VALUES (:floor, :token)
      ON CONFLICT (name) DO UPDATE SET value = GREATEST(belay_counter.value, excluded.value)
      """)
  int raiseFloor(String floor, long token);

  /**
   * Gives a lane a row with token 0. Returns 1, or 0 if it has one. It waits for a purge that is
   * deleting the row, and does not see the floor of that purge.
   */
  @SqlUpdate(
      """
      INSERT INTO belay_lane (queue, lane, token) VALUES (:queue, :lane, 0)
      ON CONFLICT DO NOTHING
      """)
  int add(String queue, String lane);

  /** Raises the token of a lane to the largest that a deleted lane had. */
  @SqlUpdate(
      """
      UPDATE belay_lane
      SET    token = GREATEST(token, (SELECT value FROM belay_counter WHERE name = :floor))
      WHERE  queue = :queue AND lane = :lane
      """)
  int raise(String queue, String lane, String floor);

  /** Returns the lane at a distance of {@code places} from the one after {@code after}. */
  @SqlQuery(
      """
      SELECT lane
      FROM   belay_lane
      WHERE  queue = :queue AND lane > :after
      ORDER BY lane
      LIMIT  1 OFFSET :places
      """)
  Optional<String> ahead(String queue, String after, int places);

  /** Locks the lanes of a range that have no unfinished work, and returns their names. */
  @SqlQuery(
      """
      SELECT l.lane
      FROM   belay_lane l
      WHERE  l.queue = :queue AND l.lane > :after AND (:last IS NULL OR l.lane <= :last)
      """
          + IS_IDLE
          + "FOR UPDATE OF l SKIP LOCKED")
  List<String> lockIdle(String queue, String after, @Nullable String last);

  /**
   * Deletes a lane that is locked, and returns its token. Empty if it has got work since {@link
   * #lockIdle} began to look.
   */
  @SqlQuery(
      "DELETE FROM belay_lane l WHERE  l.queue = :queue AND l.lane = :lane\n"
          + IS_IDLE
          + "RETURNING l.token")
  Optional<Long> delete(String queue, String lane);
}
