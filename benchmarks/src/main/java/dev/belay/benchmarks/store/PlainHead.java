package dev.belay.benchmarks.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Where a session's head is. Immutable. */
public record PlainHead(long revision, long lastSeq) {
  /** By hand, which is JDBI's fastest way. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<PlainHead> {
    @Override
    public PlainHead map(ResultSet row, StatementContext context) throws SQLException {
      return new PlainHead(row.getLong(2), row.getLong(4));
    }
  }
}
