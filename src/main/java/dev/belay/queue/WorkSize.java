package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * How large a piece of work is. Immutable, safe for use by many threads.
 *
 * @param id the work
 * @param finishedAtMs when it was finished
 * @param bytes of its payload and result, in UTF-8
 */
record WorkSize(long id, long finishedAtMs, long bytes) {
  /** Where it stands in the order of a purge. */
  PurgePlace place() {
    return new PurgePlace(finishedAtMs, id);
  }

  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<WorkSize> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public WorkSize map(ResultSet row, StatementContext context) throws SQLException {
      return new WorkSize(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }
}
