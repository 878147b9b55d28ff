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

/** The statements of the stored retentions of queues. Belongs to the body that attached it. */
@UseTemplateEngine(VerbatimSql.class)
interface RetentionDao {
  /** Returns the stored retention of a queue. */
  @SqlQuery(
      """
      SELECT retention_ms, buried_retention_ms
      FROM   belay_queue
      WHERE  queue = :queue
      """)
  @UseRowMapper(RetentionMapper.class)
  Optional<Retention> find(String queue);

  /** Stores the times that are not null; the others are not changed. */
  @SqlUpdate(
      """
      INSERT INTO belay_queue (queue, retention_ms, buried_retention_ms)
      VALUES (:queue, :retentionMs, :buriedRetentionMs)
      ON CONFLICT (queue) DO UPDATE
      SET    retention_ms = COALESCE(excluded.retention_ms, belay_queue.retention_ms),
             buried_retention_ms = COALESCE(excluded.buried_retention_ms,
                                          belay_queue.buried_retention_ms)
      """)
  int keep(String queue, @Nullable Long retentionMs, @Nullable Long buriedRetentionMs);

  /** Maps the rows of {@link Retention}. Stateless, safe for use by many threads. */
  final class RetentionMapper implements RowMapper<Retention> {
    @Override
    public Retention map(ResultSet row, StatementContext context) throws SQLException {
      return new Retention(nullable(row, 1), nullable(row, 2));
    }

    private static @Nullable Long nullable(ResultSet row, int column) throws SQLException {
      long value = row.getLong(column);
      return row.wasNull() ? null : value;
    }
  }
}
