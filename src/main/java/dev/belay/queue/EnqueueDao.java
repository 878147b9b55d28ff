package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * The statements that add work, with those that read keys and ids for it. Belongs to the body that
 * attached it.
 */
@UseTemplateEngine(VerbatimSql.class)
interface EnqueueDao {
  /**
   * The condition that the key of {@code w} counts, which is that of the index that makes keys
   * unique.
   */
  String KEY_COUNTS =
      "AND w.key IS NOT NULL AND (w.key_life = 'WHILE_KEPT' OR w.finished_at_ms IS NULL)\n";

  /** The clause by which an INSERT adds no row if the key is taken. */
  String UNLESS_KEY_IS_TAKEN =
      """
      ON CONFLICT (queue, key)
        WHERE key IS NOT NULL AND (key_life = 'WHILE_KEPT' OR finished_at_ms IS NULL)
        DO NOTHING
      """;

  /** Returns the work that has a key, and whether its content is the given one. */
  @SqlQuery(
      """
      SELECT w.id, w.state, w.key_life = 'WHILE_OPEN',
             w.type = :type AND w.lane IS NOT DISTINCT FROM :lane
             AND octet_length(p.payload) = octet_length(:payload) AND p.payload = :payload
      FROM   belay_work w
      CROSS JOIN belay_work_payload p
      WHERE  p.work_id = w.id AND w.queue = :queue AND w.key = :key
      """
          + KEY_COUNTS)
  @UseRowMapper(KeyHolderMapper.class)
  Optional<KeyHolder> keyHolder(
      String queue, String key, String type, @Nullable String lane, String payload);

  /**
   * Returns the largest id that work has or had; 0 if there was no work. Returns empty if the
   * counter of deleted ids is missing or negative.
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

  /**
   * Adds work that is in no line: without a lane, or scheduled. Returns 1, or 0 if its key is
   * taken.
   */
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

  /** Stores the payload of work. */
  @SqlUpdate(
      """
      INSERT INTO belay_work_payload (work_id, headers, payload) VALUES (:id, :headers, :payload)
      """)
  int addPayload(long id, @Nullable String headers, String payload);

  /**
   * The work that has a key. Immutable, safe for use by many threads.
   *
   * @param id the work
   * @param state its state
   * @param whileOpen whether the key is free when the work is finished
   * @param sameContent whether type, lane and payload are the given ones
   */
  record KeyHolder(long id, WorkState state, boolean whileOpen, boolean sameContent) {
    /** Returns the same work in another state. */
    KeyHolder in(WorkState other) {
      return new KeyHolder(id, other, whileOpen, sameContent);
    }
  }

  /** Maps the rows of {@link KeyHolder}. Stateless, safe for use by many threads. */
  final class KeyHolderMapper implements RowMapper<KeyHolder> {
    @Override
    public KeyHolder map(ResultSet row, StatementContext context) throws SQLException {
      long id = row.getLong(1);
      return new KeyHolder(
          id, WorkState.stored(id, row.getString(2)), row.getBoolean(3), row.getBoolean(4));
    }
  }
}
