package dev.belay.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The size of an event. Immutable, safe for use by many threads.
 *
 * @param seq its position in the log
 * @param bytes length of its payload, in bytes of UTF-8
 */
record EventSize(long seq, long bytes) implements Sized {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  static final class Mapper implements RowMapper<EventSize> {
    @Override
    public EventSize map(ResultSet row, StatementContext context) throws SQLException {
      return new EventSize(row.getLong(1), row.getLong(2));
    }
  }
}
