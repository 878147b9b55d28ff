package dev.belay.queue;

import dev.belay.store.StoreCorruptException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Maps the columns of {@link #SELECT}. Stateless, safe for use by many threads. */
public final class WorkMapper implements RowMapper<Work> {
  // CROSS JOIN: the work is picked first, and only then its payload and result looked up.
  static final String SELECT =
      """
      SELECT w.id, w.queue, w.state, w.type, p.payload, w.key, w.lane,
             w.priority, w.attempt, w.attempts_max, w.enqueued_at_ms, w.due_at_ms, r.result, w.last_error,
             w.cancel_requested, w.worker, w.token, w.claimed_at_ms, w.expires_at_ms,
             w.finished_at_ms
      FROM   belay_work w
      CROSS JOIN belay_work_payload p
      LEFT JOIN belay_work_result r ON r.work_id = w.id
      WHERE  p.work_id = w.id
      """;

  /** For JDBI. */
  public WorkMapper() {}

  @Override
  public Work map(ResultSet row, StatementContext context) throws SQLException {
    long id = row.getLong(1);
    return new Work(
        id,
        row.getString(2),
        state(id, row.getString(3)),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getInt(8),
        row.getInt(9),
        row.getInt(10),
        Instant.ofEpochMilli(row.getLong(11)),
        instant(row, 12),
        row.getString(13),
        row.getString(14),
        row.getBoolean(15),
        row.getString(16),
        row.getLong(17),
        instant(row, 18),
        instant(row, 19),
        instant(row, 20));
  }

  static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    long ms = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(ms);
  }

  static WorkState state(long id, String name) {
    try {
      return WorkState.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new StoreCorruptException("work " + id + " is in the unknown state " + name, e);
    }
  }
}
