package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The work to claim next. Immutable, safe for use by many threads.
 *
 * @param work what its claimant is told
 * @param othersDue whether other work needs a hand first
 */
record NextWork(ClaimedWork work, boolean othersDue) {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<NextWork> {
    private final ClaimedWork.Mapper work = new ClaimedWork.Mapper();

    /** For JDBI. */
    public Mapper() {}

    @Override
    public NextWork map(ResultSet row, StatementContext context) throws SQLException {
      return new NextWork(work.map(row, context), row.getBoolean(8));
    }
  }
}
