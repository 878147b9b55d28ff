package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The columns and row mappers of {@link WorkDao}. Stateless, safe for use by many threads. */
final class WorkRows {
  /** The columns of {@link Work}, and their tables. */
  // CROSS JOIN: the work is read first, then its payload and result.
  static final String WORK =
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

  /** The columns of {@link WorkLine}, and their tables. */
  // octet_length reads the length without the text.
  static final String LINE =
      """
      SELECT w.id, w.queue, w.state, w.type, w.key, w.lane, w.priority,
             w.attempt, w.attempts_max, w.enqueued_at_ms, w.due_at_ms, w.cancel_requested,
             w.worker, w.token, w.claimed_at_ms, w.expires_at_ms, w.finished_at_ms,
             w.payload_bytes, octet_length(r.result)
      FROM   belay_work w
      LEFT JOIN belay_work_result r ON r.work_id = w.id
      """;

  private WorkRows() {}

  /** Maps {@link #WORK}. Stateless, safe for use by many threads. */
  public static final class WorkMapper implements RowMapper<Work> {
    @Override
    public Work map(ResultSet row, StatementContext context) throws SQLException {
      long id = row.getLong(1);
      return new Work(
          id,
          row.getString(2),
          WorkState.stored(id, row.getString(3)),
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
  }

  /** Maps {@link #LINE}. Stateless, safe for use by many threads. */
  public static final class WorkLineMapper implements RowMapper<WorkLine> {
    @Override
    public WorkLine map(ResultSet row, StatementContext context) throws SQLException {
      long id = row.getLong(1);
      return new WorkLine(
          id,
          row.getString(2),
          WorkState.stored(id, row.getString(3)),
          row.getString(4),
          row.getString(5),
          row.getString(6),
          row.getInt(7),
          row.getInt(8),
          row.getInt(9),
          Instant.ofEpochMilli(row.getLong(10)),
          WorkMapper.instant(row, 11),
          row.getBoolean(12),
          row.getString(13),
          row.getLong(14),
          WorkMapper.instant(row, 15),
          WorkMapper.instant(row, 16),
          WorkMapper.instant(row, 17),
          row.getLong(18),
          row.getLong(19));
    }
  }

  /** Maps {@link WorkDao#stats}. Stateless, safe for use by many threads. */
  public static final class StatsMapper implements RowMapper<QueueStats> {
    @Override
    public QueueStats map(ResultSet row, StatementContext context) throws SQLException {
      return new QueueStats(
          row.getLong(1),
          row.getLong(2),
          row.getLong(3),
          row.getLong(4),
          row.getLong(5),
          row.getLong(6),
          row.getLong(7));
    }
  }
}
