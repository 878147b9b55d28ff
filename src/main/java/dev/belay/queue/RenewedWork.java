package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Work whose claim was renewed. Immutable, safe for use by many threads.
 *
 * @param lane its lane, if any
 * @param cancelRequested whether someone asked to cancel it
 */
public record RenewedWork(@Nullable String lane, boolean cancelRequested) {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<RenewedWork> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public RenewedWork map(ResultSet row, StatementContext context) throws SQLException {
      return new RenewedWork(row.getString(1), row.getBoolean(2));
    }
  }
}
