package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Work whose time has come, or whose claim has lapsed. Immutable, safe for use by many threads.
 *
 * @param id the work
 * @param lane its lane, if any
 * @param token of its last claim, 0 if there was none
 * @param state where it stands
 * @param atMs when it fell due, or its claim lapsed
 */
public record DueWork(long id, @Nullable String lane, long token, WorkState state, long atMs) {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<DueWork> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public DueWork map(ResultSet row, StatementContext context) throws SQLException {
      long id = row.getLong(1);
      return new DueWork(
          id,
          row.getString(2),
          row.getLong(3),
          WorkMapper.state(id, row.getString(4)),
          row.getLong(5));
    }
  }
}
