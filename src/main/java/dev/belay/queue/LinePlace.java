package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * A place in the line of a lane. Immutable, safe for use by many threads.
 *
 * @param id the work
 * @param state where it stands
 * @param token of its last claim, 0 if there was none
 * @param linePos the place: larger than those before it, with gaps
 * @param dueAtMs when its retry is due; null: now
 * @param expiresAtMs when its claim lapses; null: it has none
 * @param lapses how many of its claims have lapsed
 * @param cancelRequested whether someone asked to cancel it
 */
public record LinePlace(
    long id,
    WorkState state,
    long token,
    long linePos,
    @Nullable Long dueAtMs,
    @Nullable Long expiresAtMs,
    int lapses,
    boolean cancelRequested) {
  /** Whether it belongs to the grant of this token. */
  boolean isHeldBy(long token) {
    return state == WorkState.CLAIMED && this.token == token;
  }

  /** Whether nothing but its place keeps it from being claimed. */
  boolean isClaimable(long nowMs) {
    return state != WorkState.CLAIMED && (dueAtMs == null || dueAtMs <= nowMs);
  }

  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<LinePlace> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public LinePlace map(ResultSet row, StatementContext context) throws SQLException {
      long id = row.getLong(1);
      return new LinePlace(
          id,
          WorkMapper.state(id, row.getString(2)),
          row.getLong(3),
          row.getLong(4),
          nullable(row, 5),
          nullable(row, 6),
          row.getInt(7),
          row.getBoolean(8));
    }

    private static @Nullable Long nullable(ResultSet row, int column) throws SQLException {
      long value = row.getLong(column);
      return row.wasNull() ? null : value;
    }
  }
}
