package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/** The statements of what a queue keeps, and for how long. Belongs to the body that attached it. */
@UseTemplateEngine(VerbatimSql.class)
interface RetentionDao {
  /** What is stored for a queue. */
  @SqlQuery(
      """
      SELECT retention_ms, buried_retention_ms
      FROM   belay_queue
      WHERE  queue = :queue
      """)
  @UseRowMapper(Retention.Mapper.class)
  Optional<Retention> find(String queue);

  /** Stores what is given; what is null stays as it is. */
  @SqlUpdate(
      """
      INSERT INTO belay_queue (queue, retention_ms, buried_retention_ms)
      VALUES (:queue, :retentionMs, :buriedRetentionMs)
      ON CONFLICT (queue) DO UPDATE
      SET    retention_ms = COALESCE(excluded.retention_ms, retention_ms),
             buried_retention_ms = COALESCE(excluded.buried_retention_ms, buried_retention_ms)
      """)
  int keep(String queue, @Nullable Long retentionMs, @Nullable Long buriedRetentionMs);
}
