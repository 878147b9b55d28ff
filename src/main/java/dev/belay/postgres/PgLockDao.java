package dev.belay.postgres;

import dev.belay.engine.VerbatimSql;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * The statements that lock. Belongs to the body that attached it.
 *
 * <p>Each is a statement of its own: in READ COMMITTED a statement that has waited for a row reads
 * that row again, but nothing else. The next statement sees everything that was committed before
 * it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/transaction-iso.html">Transaction
 *     Isolation</a>
 */
@UseTemplateEngine(VerbatimSql.class)
interface PgLockDao {
  /** Locks a session; empty if it does not exist. */
  @SqlQuery("SELECT no FROM belay_session WHERE id = :id FOR NO KEY UPDATE")
  Optional<Long> session(String id);

  /** Locks a lease and returns its token; empty if it has no row. */
  @SqlQuery("SELECT token FROM belay_lease WHERE name = :name FOR NO KEY UPDATE")
  Optional<Long> lease(String name);

  /** Locks a lane and returns its token; empty if it has no row. */
  @SqlQuery("SELECT token FROM belay_lane WHERE queue = :queue AND lane = :lane FOR NO KEY UPDATE")
  Optional<Long> lane(String queue, String lane);

  /** Stores the token of the last grant of a lane. */
  @SqlUpdate("UPDATE belay_lane SET token = :token WHERE queue = :queue AND lane = :lane")
  int laneGranted(String queue, String lane, long token);

  /** Locks a piece of work. Returns 1, or 0 if it does not exist. */
  @SqlQuery(
      "SELECT COUNT(*) FROM (SELECT 1 FROM belay_work WHERE id = :id FOR NO KEY UPDATE) AS locked")
  int work(long id);

  /** Locks a name for which there is no row. Two names may share a lock, which costs a wait. */
  @SqlQuery("SELECT COUNT(*) FROM pg_advisory_xact_lock(hashtextextended(:name, :space))")
  int name(String name, long space);
}
