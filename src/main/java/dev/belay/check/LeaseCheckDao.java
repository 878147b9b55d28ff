package dev.belay.check;

import dev.belay.engine.VerbatimSql;
import dev.belay.store.Finding;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The rules of leases and of the counters. Belongs to the body that attached it.
 *
 * <p>That a name has one live grant is the primary key of the table; a key that no longer holds is
 * damage of the index, which only the check of pages finds.
 */
@UseTemplateEngine(VerbatimSql.class)
interface LeaseCheckDao {
  /** The largest token that can have been granted. */
  String LAST_TOKEN = "(SELECT value FROM belay_counter WHERE name = 'token')\n";

  /** Returns what is wrong with the next leases. */
  @SqlQuery(
      """
      WITH l AS MATERIALIZED (
        SELECT name, token
        FROM   belay_lease
        WHERE  name > :name
        ORDER BY name
        LIMIT  :rows
      )
      SELECT 'lease-token', 'lease ' || name, 'has the token ' || token || ', which was never granted'
      FROM   l
      WHERE  token < 1 OR token >
      """
          + LAST_TOKEN)
  @UseRowMapper(FindingMapper.class)
  List<Finding> leases(String name, int rows);

  /** Returns the last of the next leases; empty if there are fewer than {@code rows}. */
  @SqlQuery(
      """
      SELECT 0, 0, name
      FROM   belay_lease
      WHERE  name > :name
      ORDER BY name
      LIMIT  1 OFFSET :rows - 1
      """)
  @UseRowMapper(Place.Mapper.class)
  Optional<Place> lastLease(String name, int rows);

  /** Returns the counters that are missing or out of their range. */
  @SqlQuery(
      """
      SELECT 'counter', 'counter ' || needed.name,
             COALESCE('is ' || c.value || ', out of its range', 'is missing')
      FROM   (SELECT 'token' AS name UNION ALL SELECT 'work') AS needed
      LEFT JOIN belay_counter c ON c.name = needed.name
      WHERE  c.value IS NULL OR c.value < 0 OR c.value >= 4611686018427387903
      """)
  @UseRowMapper(FindingMapper.class)
  List<Finding> counters();
}
