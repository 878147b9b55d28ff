package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Work with a live claim. Immutable, safe for use by many threads.
 *
 * @param id the work
 * @param lane its lane, if any
 * @param linePos its place in the lane's line, 0 without a lane
 * @param token of the claim
 * @param worker who claimed it
 * @param expiresAtMs when the claim lapses
 * @param cancelRequested whether someone asked to cancel it
 * @param lastAttempt whether this claim is the last that it has
 * @param attempt which claim this is, from 1
 */
public record HeldWork(
    long id,
    @Nullable String lane,
    long linePos,
    long token,
    String worker,
    long expiresAtMs,
    boolean cancelRequested,
    boolean lastAttempt,
    int attempt) {
  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<HeldWork> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public HeldWork map(ResultSet row, StatementContext context) throws SQLException {
      return new HeldWork(
          row.getLong(1),
          row.getString(2),
          row.getLong(3),
          row.getLong(4),
          row.getString(5),
          row.getLong(6),
          row.getBoolean(7),
          row.getBoolean(8),
          row.getInt(9));
    }
  }
}
