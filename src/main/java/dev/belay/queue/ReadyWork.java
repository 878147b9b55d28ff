package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Work that can be claimed now. Immutable, safe for use by many threads.
 *
 * @param id the work
 * @param lapses how many of its claims have lapsed
 * @param payloadBytes how large its payload is, in UTF-8
 */
public record ReadyWork(long id, int lapses, long payloadBytes) {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<ReadyWork> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public ReadyWork map(ResultSet row, StatementContext context) throws SQLException {
      return new ReadyWork(row.getLong(1), row.getInt(2), row.getLong(3));
    }
  }
}
