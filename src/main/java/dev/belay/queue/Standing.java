package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Where a piece of work stands. Immutable, safe for use by many threads.
 *
 * @param state its state
 * @param lane its lane, if any
 * @param token of its last claim, 0 if there was none
 * @param expiresAtMs when its claim lapses, 0 if it has none
 */
public record Standing(WorkState state, @Nullable String lane, long token, long expiresAtMs) {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<Standing> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public Standing map(ResultSet row, StatementContext context) throws SQLException {
      return new Standing(
          WorkMapper.state(row.getLong(5), row.getString(1)),
          row.getString(2),
          row.getLong(3),
          row.getLong(4));
    }
  }
}
