package dev.belay.lease;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements that delete leases which lapsed long ago. Belongs to the body that attached it.
 */
@UseTemplateEngine(VerbatimSql.class)
interface LapsedDao {
  /** Returns the earliest expiry up to {@code lapsedMs}, if there is one. */
  @SqlQuery(
      """
      SELECT expires_at_ms
      FROM   belay_lease
      WHERE  expires_at_ms <= :lapsedMs
      ORDER BY expires_at_ms
      LIMIT  1
      """)
  Optional<Long> earliest(long lapsedMs);

  /** Returns the leases that lapsed first, after a place in that order. */
  @SqlQuery(
      """
      SELECT name, holder, token, acquired_at_ms, expires_at_ms
      FROM   belay_lease
      WHERE  expires_at_ms <= :lapsedMs AND (expires_at_ms, name) > (:afterMs, :afterName)
      ORDER BY expires_at_ms, name
      LIMIT  :limit
      """)
  @UseRowMapper(Lease.Mapper.class)
  List<Lease> lapsed(long lapsedMs, long afterMs, String afterName, int limit);

  /** Deletes a lease. Returns 1, or 0 if it has been granted again or is kept by a trigger. */
  @SqlUpdate("DELETE FROM belay_lease WHERE name = :name AND token = :token")
  int delete(String name, long token);
}
