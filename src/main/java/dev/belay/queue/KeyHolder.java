package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The work that has a key. Immutable, safe for use by many threads.
 *
 * @param id the work
 * @param sameContent whether type, lane and payload are those that were asked for
 */
public record KeyHolder(long id, boolean sameContent) {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<KeyHolder> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public KeyHolder map(ResultSet row, StatementContext context) throws SQLException {
      return new KeyHolder(row.getLong(1), row.getBoolean(2));
    }
  }
}
