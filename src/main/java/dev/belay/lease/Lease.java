package dev.belay.lease;

import dev.belay.engine.TokenSpace;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.TextRule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * A lease as it was when it was granted, renewed or found. Immutable, safe for use by many threads.
 *
 * <p>Name and token say which grant it is; no verb looks at the rest. The token is larger than that
 * of every earlier grant, so it serves as a fencing token in other systems.
 *
 * @param name what is leased
 * @param holder who acquired it: a label, which gives no right
 * @param token which grant it is, from 1 to {@link TokenSpace#TOKEN_MAX}
 * @param acquiredAt when it was granted; renewing keeps it
 * @param expiresAt the first instant at which it is no longer live
 */
public record Lease(String name, String holder, long token, Instant acquiredAt, Instant expiresAt) {
  /** Refuses what no store grants. */
  public Lease {
    TextRule.id("lease name", name);
    TextRule.id("holder", holder);
    if (token < 1 || token > TokenSpace.TOKEN_MAX) {
      throw new IllegalArgumentException(
          "token must be from 1 to " + TokenSpace.TOKEN_MAX + ": " + token);
    }
    Objects.requireNonNull(acquiredAt, "acquiredAt");
    Objects.requireNonNull(expiresAt, "expiresAt");
  }

  /** Maps a row of {@code belay_lease}. Stateless, safe for use by many threads. */
  static final class Mapper implements RowMapper<Lease> {
    @Override
    public Lease map(ResultSet row, StatementContext context) throws SQLException {
      String name = row.getString(1);
      try {
        return new Lease(
            name,
            row.getString(2),
            row.getLong(3),
            Instant.ofEpochMilli(row.getLong(4)),
            Instant.ofEpochMilli(row.getLong(5)));
      } catch (IllegalArgumentException e) {
        throw new StoreCorruptException("lease '" + name + "': " + e.getMessage(), e);
      }
    }
  }
}
