package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * What a claim tells of its work. Immutable, safe for use by many threads.
 *
 * @param id the work
 * @param type the caller's word for what it is, {@code ""} if it gave none
 * @param payload the caller's text; null only in a damaged store
 * @param lane its lane, if any
 * @param attempt which try this is, from 1
 * @param attemptsMax with how many tries it is buried
 * @param headers its headers as they are stored, null if it has none
 */
record ClaimedWork(
    long id,
    String type,
    @Nullable String payload,
    @Nullable String lane,
    int attempt,
    int attemptsMax,
    @Nullable String headers) {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<ClaimedWork> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public ClaimedWork map(ResultSet row, StatementContext context) throws SQLException {
      return new ClaimedWork(
          row.getLong(1),
          row.getString(2),
          row.getString(3),
          row.getString(4),
          row.getInt(5),
          row.getInt(6),
          row.getString(7));
    }
  }

  /** Without payload and headers, which belong into no log. */
  @Override
  public String toString() {
    return "ClaimedWork[id="
        + id
        + ", type="
        + type
        + ", lane="
        + lane
        + ", attempt="
        + attempt
        + "]";
  }
}
