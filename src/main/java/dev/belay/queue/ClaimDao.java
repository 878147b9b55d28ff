package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements of a claim. Belongs to the body that attached it.
 *
 * <p>What its claimant is told is read before the work is claimed: an UPDATE that returns rows
 * keeps them in a table of its own, which took half of its time.
 */
@UseTemplateEngine(VerbatimSql.class)
interface ClaimDao {
  /** What {@link ClaimedWork.Mapper} maps. */
  String SELECT =
      "SELECT w.id, w.type, p.payload, w.lane, w.attempt + 1, w.attempts_max, p.headers\n";

  /** Where that comes from. */
  String FROM =
      """
      FROM   belay_work w
      LEFT JOIN belay_work_payload p ON p.work_id = w.id
      """;

  /** What the claimant of a piece of work is told. */
  @SqlQuery(
      SELECT
          + FROM
          + """
      WHERE  w.id = :id
      """)
  @UseRowMapper(ClaimedWork.Mapper.class)
  Optional<ClaimedWork> claimable(long id);

  /** The work to claim next, and whether any other needs a hand first. */
  @SqlQuery(
      SELECT
          + """
           , EXISTS (SELECT 1 FROM belay_work WHERE queue = :queue AND due_at_ms <= :nowMs)
          OR EXISTS (SELECT 1 FROM belay_work WHERE queue = :queue AND expires_at_ms <= :nowMs)
      """
          + FROM
          + """
      WHERE  w.queue = :queue AND w.state = 'READY'
      ORDER BY w.priority DESC, w.id
      LIMIT  1
      """)
  @UseRowMapper(NextWork.Mapper.class)
  Optional<NextWork> next(String queue, long nowMs);

  /** What the claimant of the work to claim next is told, in the order of claims. */
  @SqlQuery(
      SELECT
          + FROM
          + """
      WHERE  w.queue = :queue AND w.state = 'READY'
      ORDER BY w.priority DESC, w.id
      LIMIT  :limit
      """)
  @UseRowMapper(ClaimedWork.Mapper.class)
  List<ClaimedWork> nextClaimable(String queue, int limit);

  /** Claims work that stands in line or needs none; 1, or 0 if it cannot be claimed. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'CLAIMED', token = :token, worker = :worker, attempt = attempt + 1,
             due_at_ms = NULL, claimed_at_ms = :nowMs, expires_at_ms = :expiresAtMs
      WHERE  id = :id AND state IN ('READY', 'WAITING')
      """)
  int claim(long id, long token, String worker, long nowMs, long expiresAtMs);
}
