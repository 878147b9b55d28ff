package dev.belay.check;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The key of a row, in a walk through a table. Immutable, safe for use by many threads.
 *
 * @param no the number of a session or a piece of work; 0 in a table with another key
 * @param seq the seq of an event; 0 in a table with another key
 * @param name the name or the operation id; "" in a table with another key
 */
record Place(long no, long seq, String name) {
  static final Place START = new Place(Long.MIN_VALUE, 0, "");

  /** Maps the columns no, seq and name. Stateless, safe for use by many threads. */
  static final class Mapper implements RowMapper<Place> {
    @Override
    public Place map(ResultSet row, StatementContext context) throws SQLException {
      return new Place(row.getLong(1), row.getLong(2), row.getString(3));
    }
  }
}
