package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Maps the columns of {@link #SELECT}. Stateless, safe for use by many threads. */
public final class WorkLineMapper implements RowMapper<WorkLine> {
  // The length of a text is read without the text.
  static final String SELECT =
      """
      SELECT w.id, w.queue, w.state, w.type, w.key, w.lane, w.priority,
             w.attempt, w.attempts_max, w.enqueued_at_ms, w.due_at_ms, w.cancel_requested,
             w.worker, w.token, w.claimed_at_ms, w.expires_at_ms, w.finished_at_ms,
             w.payload_bytes, octet_length(r.result)
      FROM   belay_work w
      LEFT JOIN belay_work_result r ON r.work_id = w.id
      """;

  /** For JDBI. */
  public WorkLineMapper() {}

  @Override
  public WorkLine map(ResultSet row, StatementContext context) throws SQLException {
    long id = row.getLong(1);
    return new WorkLine(
        id,
        row.getString(2),
        WorkMapper.state(id, row.getString(3)),
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
