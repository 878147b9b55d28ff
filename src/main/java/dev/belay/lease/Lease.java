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
 * A lease at the time when it was granted, renewed or found. Immutable, safe for use by many
 * threads.
 *
 * <p>Name and token identify the grant; verbs ignore the other components. The token is larger than
 * that of every earlier grant, so other systems can use it as a fencing token.
 *
 * @param name the name that is leased
 * @param holder the label that the caller gave when it acquired the lease; it gives no right
 * @param token the number of the grant, from 1 to {@link TokenSpace#TOKEN_MAX}
 * @param acquiredAt the instant of the grant; renewing does not change it
 * @param expiresAt the expiry, exclusive: the first instant at which the lease is no longer live
 */
public record Lease(String name, String holder, long token, Instant acquiredAt, Instant expiresAt) {
  /** Refuses values that no store grants. */
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
