package dev.belay.queue;

import dev.belay.engine.VerbatimSql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/** The statement that reads the status of work. Belongs to the body that attached it. */
@UseTemplateEngine(VerbatimSql.class)
interface StatusDao {
  /** Returns the status of a piece of work. */
  @SqlQuery(
      """
      SELECT state, lane, token, expires_at_ms, id, lapses,
             cancel_requested = 1 OR attempt >= attempts_max
      FROM   belay_work
      WHERE  id = :id AND queue = :queue
      """)
  @UseRowMapper(WorkStatusMapper.class)
  Optional<WorkStatus> status(long id, String queue);

  /**
   * The state of a piece of work, with the fields of its last claim. Immutable, safe for use by
   * many threads.
   *
   * @param state its state
   * @param lane its lane, if any
   * @param token the token of its last claim, 0 if there was none
   * @param expiresAtMs the time at which its claim lapses, 0 if it has none
   * @param lapses the number of its claims that have lapsed since one was given back
   * @param ending whether a lapse finishes the work: its cancellation was requested, or this is its
   *     last attempt
   */
  record WorkStatus(
      WorkState state,
      @Nullable String lane,
      long token,
      long expiresAtMs,
      int lapses,
      boolean ending) {
    /** Returns whether the last claim has this token and was settled, not lapsed. */
    boolean wasSettled(long token) {
      return this.token == token
          && (state == WorkState.DONE || (state != WorkState.CLAIMED && lapses == 0));
    }

    /** Returns whether a lapse has finished the work, although that is not stored yet. */
    boolean isFinishedByClock(long nowMs) {
      return state == WorkState.CLAIMED && ending && expiresAtMs <= nowMs;
    }
  }

  /** Maps the rows of {@link WorkStatus}. Stateless, safe for use by many threads. */
  final class WorkStatusMapper implements RowMapper<WorkStatus> {
    @Override
    public WorkStatus map(ResultSet row, StatementContext context) throws SQLException {
      return new WorkStatus(
          WorkState.stored(row.getLong(5), row.getString(1)),
          row.getString(2),
          row.getLong(3),
          row.getLong(4),
          row.getInt(6),
          row.getBoolean(7));
    }
  }
}
