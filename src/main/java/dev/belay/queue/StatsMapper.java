package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Maps the columns of {@link WorkListDao#stats}. Stateless, safe for use by many threads. */
public final class StatsMapper implements RowMapper<QueueStats> {
  /** For JDBI. */
  public StatsMapper() {}

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
