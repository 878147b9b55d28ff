package dev.belay.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * A session's head at one moment. Immutable, safe for use by many threads.
 *
 * @param id the session's id
 * @param revision how many commits and clears it has seen, from 1
 * @param leafSeq the event at which it stands, 0 for none
 * @param state the caller's own text, {@code ""} until a commit sets it
 * @param createdAt when its first commit happened, since it was cleared last
 * @param updatedAt when its last commit happened
 */
public record Session(
    String id, long revision, long leafSeq, String state, Instant createdAt, Instant updatedAt) {
  /** Refuses what no session can be. */
  public Session {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(updatedAt, "updatedAt");
    if (revision < 1) {
      throw new IllegalArgumentException("revision must be from 1: " + revision);
    }
    if (leafSeq < 0) {
      throw new IllegalArgumentException("leafSeq must not be negative: " + leafSeq);
    }
  }

  /** Maps the columns of {@link SessionDao#find}. Stateless, safe for use by many threads. */
  static final class Mapper implements RowMapper<Session> {
    @Override
    public Session map(ResultSet row, StatementContext context) throws SQLException {
      return new Session(
          row.getString(1),
          row.getLong(2),
          row.getLong(3),
          row.getString(4),
          Instant.ofEpochMilli(row.getLong(5)),
          Instant.ofEpochMilli(row.getLong(6)));
    }
  }
}
