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
 * @param revision number of its commits and clears, at least 1
 * @param leafSeq seq of the leaf, the event that the next commit continues from; 0 if there is none
 * @param state the caller's own text, {@code ""} until a commit sets it
 * @param createdAt instant of its first commit since the last clear
 * @param updatedAt instant of its last commit
 */
public record Session(
    String id, long revision, long leafSeq, String state, Instant createdAt, Instant updatedAt) {
  /** Refuses values that no session can have. */
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

  /** Without the state, which must not reach a log. */
  @Override
  public String toString() {
    return "Session[id=" + id + ", revision=" + revision + ", leafSeq=" + leafSeq + "]";
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
