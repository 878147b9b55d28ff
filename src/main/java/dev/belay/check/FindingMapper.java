package dev.belay.check;

import dev.belay.store.Finding;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Maps the columns rule, subject and message. Stateless, safe for use by many threads. */
final class FindingMapper implements RowMapper<Finding> {
  @Override
  public Finding map(ResultSet row, StatementContext context) throws SQLException {
    return new Finding(row.getString(1), row.getString(2), row.getString(3));
  }
}
