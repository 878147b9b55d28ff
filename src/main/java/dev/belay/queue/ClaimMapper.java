package dev.belay.queue;

import dev.belay.store.StoreCorruptException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Maps the columns of {@link WorkDao#claim}. Stateless, safe for use by many threads. */
public final class ClaimMapper implements RowMapper<Claim> {
  /** For JDBI. */
  public ClaimMapper() {}

  @Override
  public Claim map(ResultSet row, StatementContext context) throws SQLException {
    long id = row.getLong(2);
    String payload = row.getString(6);
    if (payload == null) {
      throw new StoreCorruptException("work " + id + " has no payload", null);
    }
    return new Claim(
        row.getString(1),
        id,
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        payload,
        row.getString(7),
        row.getInt(8),
        Instant.ofEpochMilli(row.getLong(9)),
        Instant.ofEpochMilli(row.getLong(10)));
  }
}
