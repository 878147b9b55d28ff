package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a claim. Belongs to the body that attached it.
 *
 * <p>The content of work is read before the work is claimed: an UPDATE that returns rows buffers
 * them in a temporary table, which took half of its time.
 */
@UseTemplateEngine(VerbatimSql.class)
interface ClaimDao {
  /** The columns of {@link ClaimedWork}. */
  String SELECT =
      "SELECT w.id, w.type, p.payload, w.lane, w.attempt + 1, w.attempts_max, p.headers,"
          + " w.token\n";

  /** The tables of {@link #SELECT}. */
  String FROM =
      """
      FROM   belay_work w
      LEFT JOIN belay_work_payload p ON p.work_id = w.id
      """;

  /** Returns the content of a piece of work. */
  @SqlQuery(
      SELECT
          + FROM
          + """
      WHERE  w.id = :id
      """)
  @UseRowMapper(ClaimedWorkMapper.class)
  Optional<ClaimedWork> claimable(long id);

  /**
   * Returns the first READY work in dequeue order, and whether other work must be promoted first.
   */
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
  @UseRowMapper(NextWorkMapper.class)
  Optional<NextWork> next(String queue, long nowMs);

  /** Returns the READY work in dequeue order. */
  @SqlQuery(
      SELECT
          + FROM
          + """
      WHERE  w.queue = :queue AND w.state = 'READY'
      ORDER BY w.priority DESC, w.id
      LIMIT  :limit
      """)
  @UseRowMapper(ClaimedWorkMapper.class)
  List<ClaimedWork> nextClaimable(String queue, int limit);

  /** As {@link #next}, but returns only the id. Never empty. */
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
  @UseRowMapper(NextIdMapper.class)
  Optional<NextId> nextId(String queue, long nowMs);

  /** Returns the number of READY pieces of work, at most {@code limit}. */
  @SqlQuery(
      """
      SELECT COUNT(*)
      FROM   (SELECT 1 FROM belay_work WHERE queue = :queue AND state = 'READY' LIMIT :limit)
             AS ready
      """)
  int countReady(String queue, int limit);

  /** Returns the sizes of the READY work in dequeue order. */
  @SqlQuery(
      """
      SELECT id, lapses, payload_bytes
      FROM   belay_work
      WHERE  queue = :queue AND state = 'READY'
      ORDER BY priority DESC, id
      LIMIT  :limit
      """)
  @UseRowMapper(ReadyWorkMapper.class)
  List<ReadyWork> ready(String queue, int limit);

  /** Returns the size of a payload, in bytes of UTF-8. */
  @SqlQuery("SELECT payload_bytes FROM belay_work WHERE id = :id")
  Optional<Long> payloadBytes(long id);

  /** Claims work that is in a line or without a lane. Returns 1, or 0 if it is in another state. */
  @SqlUpdate(
      """
      UPDATE belay_work
      SET    state = 'CLAIMED', token = :token, worker = :worker, attempt = attempt + 1,
             due_at_ms = NULL, claimed_at_ms = :nowMs, expires_at_ms = :expiresAtMs
      WHERE  id = :id AND state IN ('READY', 'WAITING')
      """)
  int claim(long id, long token, String worker, long nowMs, long expiresAtMs);

  /**
   * The content of work for its claim. Immutable, safe for use by many threads.
   *
   * @param id the work
   * @param type the type, {@code ""} if there is none
   * @param payload the payload; null only in a corrupt store
   * @param lane the lane, if any
   * @param attempt the number of this attempt, from 1
   * @param attemptsMax the attempt after which it is buried
   * @param headers its headers as they are stored, null if it has none
   * @param token of its last claim, 0 if there was none
   */
  record ClaimedWork(
      long id,
      String type,
      @Nullable String payload,
      @Nullable String lane,
      int attempt,
      int attemptsMax,
      @Nullable String headers,
      long token) {
    /** Without payload and headers, which must not reach a log. */
    @Override
    public String toString() {
      return "ClaimedWork[id="
          + id
          + ", type="
          + type
          + ", lane="
          + lane
          + ", attempt="
          + attempt
          + "]";
    }
  }

  /**
   * The next work in dequeue order. Immutable, safe for use by many threads.
   *
   * @param work the content of the work
   * @param othersDue whether scheduled work, a retry or a lapsed claim must be promoted first
   */
  record NextWork(ClaimedWork work, boolean othersDue) {}

  /**
   * The id of the next work in dequeue order. Immutable, safe for use by many threads.
   *
   * @param id the work; null if no work is READY
   * @param othersDue as of {@link NextWork}
   */
  record NextId(@Nullable Long id, boolean othersDue) {}

  /**
   * The size of READY work. Immutable, safe for use by many threads.
   *
   * @param id the work
   * @param lapses the number of its claims that have lapsed
   * @param payloadBytes the size of its payload, in bytes of UTF-8
   */
  record ReadyWork(long id, int lapses, long payloadBytes) {}

  /** Maps the rows of {@link ClaimedWork}. Stateless, safe for use by many threads. */
  final class ClaimedWorkMapper implements RowMapper<ClaimedWork> {
    @Override
    public ClaimedWork map(ResultSet row, StatementContext context) throws SQLException {
      return new ClaimedWork(
          row.getLong(1),
          row.getString(2),
          row.getString(3),
          row.getString(4),
          row.getInt(5),
          row.getInt(6),
          row.getString(7),
          row.getLong(8));
    }
  }

  /** Maps the rows of {@link NextWork}. Stateless, safe for use by many threads. */
  final class NextWorkMapper implements RowMapper<NextWork> {
    private final ClaimedWorkMapper work = new ClaimedWorkMapper();

    @Override
    public NextWork map(ResultSet row, StatementContext context) throws SQLException {
      return new NextWork(work.map(row, context), row.getBoolean(9));
    }
  }

  /** Maps the rows of {@link NextId}. Stateless, safe for use by many threads. */
  final class NextIdMapper implements RowMapper<NextId> {
    @Override
    public NextId map(ResultSet row, StatementContext context) throws SQLException {
      long id = row.getLong(1);
      return new NextId(row.wasNull() ? null : id, row.getBoolean(2));
    }
  }

  /** Maps the rows of {@link ReadyWork}. Stateless, safe for use by many threads. */
  final class ReadyWorkMapper implements RowMapper<ReadyWork> {
    @Override
    public ReadyWork map(ResultSet row, StatementContext context) throws SQLException {
      return new ReadyWork(row.getLong(1), row.getInt(2), row.getLong(3));
    }
  }
}
