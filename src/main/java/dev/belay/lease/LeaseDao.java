package dev.belay.lease;

import dev.belay.engine.VerbatimSql;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements of leases, for use inside a transaction: {@code tx.attach(LeaseDao.class)}.
 * Belongs to the body that attached it.
 *
 * <p>{@link Leases} combines the statements and enforces the rules; a caller that uses a statement
 * directly must enforce the rules itself. A lease is live while {@code expires_at_ms > nowMs}.
 * Every statement that acts for a holder checks this and the token, so that the statement of a
 * stale holder matches no row.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface LeaseDao {
  /** Returns the last grant of a name that was not released, live or lapsed. */
  @SqlQuery(
      """
      SELECT name, holder, token, acquired_at_ms, expires_at_ms
      FROM   belay_lease
      WHERE  name = :name
      """)
  @UseRowMapper(Lease.Mapper.class)
  Optional<Lease> last(String name);

  /** Grants a name. Returns 1, or 0 if the name has a live lease. */
  @SqlUpdate(
      """
      INSERT INTO belay_lease (name, holder, token, acquired_at_ms, expires_at_ms)
      VALUES (:name, :holder, :token, :nowMs, :expiresAtMs)
      ON CONFLICT (name) DO UPDATE
      SET    holder = excluded.holder, token = excluded.token,
             acquired_at_ms = excluded.acquired_at_ms, expires_at_ms = excluded.expires_at_ms
      WHERE  belay_lease.expires_at_ms <= :nowMs
      """)
  int grant(String name, String holder, long token, long nowMs, long expiresAtMs);

  /** Changes the expiry of a live grant and returns the grant; empty if it is lost. */
  @SqlQuery(
      """
      UPDATE belay_lease
      SET    expires_at_ms = :expiresAtMs
      WHERE  name = :name AND token = :token AND expires_at_ms > :nowMs
      RETURNING name, holder, token, acquired_at_ms, expires_at_ms
      """)
  @UseRowMapper(Lease.Mapper.class)
  Optional<Lease> renew(String name, long token, long nowMs, long expiresAtMs);

  /** Ends a live grant. Returns 1, or 0 if the grant is lost. */
  @SqlUpdate(
      """
      DELETE FROM belay_lease
      WHERE  name = :name AND token = :token AND expires_at_ms > :nowMs
      """)
  int release(String name, long token, long nowMs);

  /** Ends a live grant by its expiry and keeps the row. Returns 1, or 0 if the grant is lost. */
  @SqlUpdate(
      """
      UPDATE belay_lease
      SET    expires_at_ms = :nowMs
      WHERE  name = :name AND token = :token AND expires_at_ms > :nowMs
      """)
  int expire(String name, long token, long nowMs);

  /**
   * Ends a live grant by {@link #release}, or by {@link #expire} if the database keeps the row
   * because a row of the application refers to it. Returns 1, or 0 if the grant is lost.
   */
  default int end(String name, long token, long nowMs) {
    try {
      return release(name, token, nowMs);
    } catch (JdbiException e) { // a refused statement has changed nothing
      return expire(name, token, nowMs);
    }
  }

  /** Returns the live grant of a name. */
  @SqlQuery(
      """
      SELECT name, holder, token, acquired_at_ms, expires_at_ms
      FROM   belay_lease
      WHERE  name = :name AND expires_at_ms > :nowMs
      """)
  @UseRowMapper(Lease.Mapper.class)
  Optional<Lease> find(String name, long nowMs);

  /**
   * Returns the next live grants after a name, in the order of the names' code points; the first
   * page is after {@code ""}.
   */
  @SqlQuery(
      """
      SELECT name, holder, token, acquired_at_ms, expires_at_ms
      FROM   belay_lease
      WHERE  name > :afterName AND expires_at_ms > :nowMs
      ORDER BY name
      LIMIT  :limit
      """)
  @UseRowMapper(Lease.Mapper.class)
  List<Lease> list(String afterName, long nowMs, int limit);
}
