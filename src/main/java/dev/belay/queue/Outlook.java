package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * What a claim finds. Immutable, safe for use by many threads.
 *
 * @param nextId the work to claim next; null: none is READY
 * @param due whether scheduled work, a retry or a lapsed claim needs a hand first
 */
public record Outlook(@Nullable Long nextId, boolean due) {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<Outlook> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public Outlook map(ResultSet row, StatementContext context) throws SQLException {
      long nextId = row.getLong(1);
      return new Outlook(row.wasNull() ? null : nextId, row.getBoolean(2));
    }
  }
}
