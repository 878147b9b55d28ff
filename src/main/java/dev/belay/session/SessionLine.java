package dev.belay.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * A session in a listing: its head without the state. Immutable, safe for use by many threads.
 *
 * @param id the session's id
 * @param revision number of its commits and clears, at least 1
 * @param leafSeq seq of the leaf, the event that the next commit continues from; 0 if there is none
 * @param stateBytes length of its state, in bytes of UTF-8
 * @param createdAt instant of its first commit since the last clear
 * @param updatedAt instant of its last commit
 */
public record SessionLine(
    String id, long revision, long leafSeq, long stateBytes, Instant createdAt, Instant updatedAt) {
  /** Refuses null. */
  public SessionLine {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(updatedAt, "updatedAt");
  }

  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  static final class Mapper implements RowMapper<SessionLine> {
    @Override
    public SessionLine map(ResultSet row, StatementContext context) throws SQLException {
      return new SessionLine(
          row.getString(1),
          row.getLong(2),
          row.getLong(3),
          row.getLong(4),
          Instant.ofEpochMilli(row.getLong(5)),
          Instant.ofEpochMilli(row.getLong(6)));
    }
  }
}
