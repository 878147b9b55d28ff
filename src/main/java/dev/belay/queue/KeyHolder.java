package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The work that has a key. Immutable, safe for use by many threads.
 *
 * @param id the work
 * @param state where it stands
 * @param whileOpen whether the key is free once the work is finished
 * @param sameContent whether type, lane and payload are those that were asked for
 */
public record KeyHolder(long id, WorkState state, boolean whileOpen, boolean sameContent) {
  /** The same work in another state. */
  KeyHolder in(WorkState other) {
    return new KeyHolder(id, other, whileOpen, sameContent);
  }

  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<KeyHolder> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public KeyHolder map(ResultSet row, StatementContext context) throws SQLException {
      long id = row.getLong(1);
      return new KeyHolder(
          id, WorkMapper.state(id, row.getString(2)), row.getBoolean(3), row.getBoolean(4));
    }
  }
}
