package dev.belay.engine;

import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * The SQL statements of the token counter. Belongs to the body that attached it.
 *
 * <p>Take tokens from {@link TokenSpace}, never from here: only {@code TokenSpace} also remembers
 * the tokens of bodies that were rolled back. A token taken from the stored counter alone may
 * repeat one that such a body has already shown to others.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface TokenDao {
  /**
   * Increases the counter by {@code count}, at least to {@code floor}, and returns its new value.
   * Empty if the counter is missing or outside its bounds, or would leave them.
   */
  @SqlQuery(
      """
      UPDATE belay_counter
      SET    value = CASE WHEN value + :count < :floor THEN :floor ELSE value + :count END
      WHERE  name = 'token' AND value >= 0 AND value <= :max - :count
      RETURNING value
      """)
  Optional<Long> advance(long floor, long count, long max);

  /** Returns the stored value of the counter; empty if the counter is missing. */
  @SqlQuery(
      """
      SELECT value
      FROM   belay_counter
      WHERE  name = 'token'
      """)
  Optional<Long> stored();
}
