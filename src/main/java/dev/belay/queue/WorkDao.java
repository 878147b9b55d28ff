package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * The statements that look at the work of a queue, for use inside a transaction: {@code
 * tx.attach(WorkDao.class)}. Belongs to the body that attached it.
 *
 * <p>None of them writes: what moves work is a verb of {@link WorkQueue}, which keeps the rules of
 * claims and lanes.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface WorkDao {
  /** Who has a key, and whether its content is the same. */
  @SqlQuery(
      """
      SELECT w.id, w.state, w.key_life = 'WHILE_OPEN',
             w.type = :type AND w.lane IS NOT DISTINCT FROM :lane
             AND octet_length(p.payload) = octet_length(:payload) AND p.payload = :payload
      FROM   belay_work w
      CROSS JOIN belay_work_payload p
      WHERE  p.work_id = w.id AND w.queue = :queue AND w.key = :key
      """
          + WorkStepDao.KEY_COUNTS)
  @UseRowMapper(KeyHolder.Mapper.class)
  Optional<KeyHolder> keyHolder(
      String queue, String key, String type, @Nullable String lane, String payload);

  /** The work to claim next, and whether any other needs a hand first. Never empty. */
  @SqlQuery(
      """
      SELECT (SELECT id
              FROM   belay_work
              WHERE  queue = :queue AND state = 'READY'
              ORDER BY priority DESC, id
              LIMIT  1),
             EXISTS (SELECT 1 FROM belay_work WHERE queue = :queue AND due_at_ms <= :nowMs)
          OR EXISTS (SELECT 1 FROM belay_work WHERE queue = :queue AND expires_at_ms <= :nowMs)
      """)
  @UseRowMapper(Outlook.Mapper.class)
  Optional<Outlook> outlook(String queue, long nowMs);

  /** How much work is claimable, counted up to {@code limit}. */
  @SqlQuery(
      """
      SELECT COUNT(*)
      FROM   (SELECT 1 FROM belay_work WHERE queue = :queue AND state = 'READY' LIMIT :limit)
             AS ready
      """)
  int countReady(String queue, int limit);

  /** The work to claim next, in the order of claims. */
  @SqlQuery(
      """
      SELECT id, lapses, payload_bytes
      FROM   belay_work
      WHERE  queue = :queue AND state = 'READY'
      ORDER BY priority DESC, id
      LIMIT  :limit
      """)
  @UseRowMapper(ReadyWork.Mapper.class)
  List<ReadyWork> ready(String queue, int limit);

  /** Claims that have lapsed, the earliest first, those of one grant side by side. */
  @SqlQuery(
      """
      SELECT id, lane, token, state, expires_at_ms
      FROM   belay_work
      WHERE  queue = :queue AND expires_at_ms <= :nowMs
      ORDER BY expires_at_ms, token, id
      LIMIT  :limit
      """)
  @UseRowMapper(DueWork.Mapper.class)
  List<DueWork> lapsed(String queue, long nowMs, int limit);

  /** Scheduled work and retries whose time has come, the earliest first. */
  @SqlQuery(
      """
      SELECT id, lane, token, state, due_at_ms
      FROM   belay_work
      WHERE  queue = :queue AND due_at_ms <= :nowMs
      ORDER BY due_at_ms, id
      LIMIT  :limit
      """)
  @UseRowMapper(DueWork.Mapper.class)
  List<DueWork> due(String queue, long nowMs, int limit);

  /** When the next claim lapses or the next work falls due, if any will; it may have been. */
  @SqlQuery(
      """
      SELECT MIN(at_ms)
      FROM   (SELECT MIN(due_at_ms) AS at_ms FROM belay_work
              WHERE queue = :queue AND due_at_ms IS NOT NULL
              UNION ALL
              SELECT MIN(expires_at_ms) FROM belay_work
              WHERE queue = :queue AND expires_at_ms IS NOT NULL) AS next
      """)
  Optional<Long> nextDueMs(String queue);

  /** How many bytes a payload has, in UTF-8. */
  @SqlQuery("SELECT payload_bytes FROM belay_work WHERE id = :id")
  Optional<Long> payloadBytes(long id);

  /** A live claim. */
  @SqlQuery(
      """
      SELECT id, lane, line_pos, token, worker, expires_at_ms, cancel_requested,
             attempt >= attempts_max, attempt
      FROM   belay_work
      WHERE  id = :id AND queue = :queue AND token = :token
        AND  state = 'CLAIMED' AND expires_at_ms > :nowMs
      """)
  @UseRowMapper(HeldWork.Mapper.class)
  Optional<HeldWork> held(long id, String queue, long token, long nowMs);

  /** Where a piece of work stands. */
  @SqlQuery(
      """
      SELECT state, lane, token, expires_at_ms, id, lapses,
             cancel_requested = 1 OR attempt >= attempts_max
      FROM   belay_work
      WHERE  id = :id AND queue = :queue
      """)
  @UseRowMapper(Standing.Mapper.class)
  Optional<Standing> standing(long id, String queue);
}
