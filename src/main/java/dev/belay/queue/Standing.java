package dev.belay.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Where a piece of work stands. Immutable, safe for use by many threads.
 *
 * @param state its state
 * @param lane its lane, if any
 * @param token of its last claim, 0 if there was none
 * @param expiresAtMs when its claim lapses, 0 if it has none
 * @param lapses how many of its claims have lapsed since one was given back
 * @param ending whether a lapse ends it: it is to be cancelled, or this is its last attempt
 */
public record Standing(
    WorkState state,
    @Nullable String lane,
    long token,
    long expiresAtMs,
    int lapses,
    boolean ending) {
  /** Whether its last claim was this one, and was settled rather than lost. */
  boolean wasSettled(long token) {
    return this.token == token
        && (state == WorkState.DONE || (state != WorkState.CLAIMED && lapses == 0));
  }

  /** Whether the clock has finished it, though nobody has said so yet. */
  boolean isFinishedByClock(long nowMs) {
    return state == WorkState.CLAIMED && ending && expiresAtMs <= nowMs;
  }

  /** Maps the columns of its queries. Stateless, safe for use by many threads. */
  public static final class Mapper implements RowMapper<Standing> {
    /** For JDBI. */
    public Mapper() {}

    @Override
    public Standing map(ResultSet row, StatementContext context) throws SQLException {
      return new Standing(
          WorkMapper.state(row.getLong(5), row.getString(1)),
          row.getString(2),
          row.getLong(3),
          row.getLong(4),
          row.getInt(6),
          row.getBoolean(7));
    }
  }
}
