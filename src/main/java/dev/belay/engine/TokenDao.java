package dev.belay.engine;

import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/**
 * The statements of the token counter. Belongs to the body that attached it.
 *
 * <p>Tokens come from {@link TokenSpace}, which knows more than the stored counter: a token taken
 * here alone may repeat one that was seen in a body that rolled back.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface TokenDao {
  /**
   * Moves the counter on by {@code count}, at least to {@code floor}, and returns it. Empty if
   * there is no counter, or if it is outside its bounds or would be.
   */
  @SqlQuery(
      """
      UPDATE belay_counter
      SET    value = CASE WHEN value + :count < :floor THEN :floor ELSE value + :count END
      WHERE  name = 'token' AND value >= 0 AND value <= :max - :count
      RETURNING value
      """)
  Optional<Long> advance(long floor, long count, long max);

  /** The counter as it is stored. */
  @SqlQuery(
      """
      SELECT value
      FROM   belay_counter
      WHERE  name = 'token'
      """)
  Optional<Long> stored();
}
