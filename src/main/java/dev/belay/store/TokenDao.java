package dev.belay.store;

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
   * Moves the counter to {@code floor}, or on by one if it is there or past it, and returns it.
   * Empty if there is no counter, or one outside its bounds.
   */
  @SqlQuery(
      """
      UPDATE belay_counter
      SET    value = CASE WHEN value < :floor THEN :floor ELSE value + 1 END
      WHERE  name = 'token' AND value >= 0 AND value < :max
      RETURNING value
      """)
  Optional<Long> advance(long floor, long max);

  /** The counter as it is stored. */
  @SqlQuery(
      """
      SELECT value
      FROM   belay_counter
      WHERE  name = 'token'
      """)
  Optional<Long> stored();
}
