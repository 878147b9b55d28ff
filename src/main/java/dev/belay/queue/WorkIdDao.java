package dev.belay.queue;

import dev.belay.store.VerbatimSql;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** The statements of the counter of work ids. Belongs to the body that attached it. */
@UseTemplateEngine(VerbatimSql.class)
interface WorkIdDao {
  /**
   * Moves the counter on by {@code count}, at least to {@code floor}, and returns it. Empty if
   * there is no counter, or if it is outside its bounds or would be.
   */
  @SqlQuery(
      """
      UPDATE belay_counter
      SET    value = CASE WHEN value + :count < :floor THEN :floor ELSE value + :count END
      WHERE  name = 'work' AND value >= 0 AND value <= :max - :count
      RETURNING value
      """)
  Optional<Long> advance(long floor, long count, long max);

  /** The counter as it is stored. */
  @SqlQuery(
      """
      SELECT value
      FROM   belay_counter
      WHERE  name = 'work'
      """)
  Optional<Long> stored();
}
