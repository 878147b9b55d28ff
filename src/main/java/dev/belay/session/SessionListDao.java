package dev.belay.session;

import dev.belay.engine.VerbatimSql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements that list sessions and their events. Belongs to the body that attached it.
 *
 * <p>Each walks what it shows and nothing else: the log in ranges, sessions by an index that knows
 * only those that can be seen.
 */
@UseTemplateEngine(VerbatimSql.class)
interface SessionListDao {
  /** The next sessions after an id, in the order of their ids' code points; {@code ""} for all. */
  @SqlQuery(
      """
      SELECT s.id, s.revision, s.leaf_seq, COALESCE(octet_length(x.state), 0),
             s.created_at_ms, s.updated_at_ms
      FROM   belay_session s
      LEFT JOIN belay_session_state x ON x.session_no = s.no
      WHERE  s.id > :afterId AND s.absent_since_ms IS NULL
      ORDER BY s.id
      LIMIT  :limit
      """)
  @UseRowMapper(SessionLine.Mapper.class)
  List<SessionLine> list(String afterId, int limit);

  /**
   * The next sessions that were updated before a time, the longest idle first. Those of the last
   * second before {@code beforeMs} may have been updated after it, and are left out one by one.
   */
  @SqlQuery(
      """
      SELECT s.id, s.revision, s.leaf_seq, COALESCE(octet_length(x.state), 0),
             s.created_at_ms, s.updated_at_ms
      FROM   belay_session s
      LEFT JOIN belay_session_state x ON x.session_no = s.no
      WHERE  s.absent_since_ms IS NULL
        AND  (s.active_at_ms, s.id) > (:afterMs, :afterId) AND s.active_at_ms < :beforeMs
        AND  s.updated_at_ms < :beforeMs
      ORDER BY s.active_at_ms, s.id
      LIMIT  :limit
      """)
  @UseRowMapper(SessionLine.Mapper.class)
  List<SessionLine> idle(long beforeMs, long afterMs, String afterId, int limit);

  /** Where a session stands among the idle ones, cleared and deleted sessions included. */
  @SqlQuery(
      """
      SELECT active_at_ms
      FROM   belay_session
      WHERE  id = :id
      """)
  Optional<Long> activeAtMs(String id);

  /** The events of a range of the log, in its order. */
  @SqlQuery(
      """
      SELECT CAST(:id AS TEXT), seq, parent_seq, event_id, type, payload, at_ms
      FROM   belay_session_event
      WHERE  session_no = :no AND seq BETWEEN :fromSeq AND :throughSeq
      ORDER BY seq
      """)
  @UseRowMapper(SessionEvent.Mapper.class)
  List<SessionEvent> events(String id, long no, long fromSeq, long throughSeq);

  /** How large the events of a range of the log are, in its order. */
  @SqlQuery(
      """
      SELECT seq, octet_length(payload)
      FROM   belay_session_event
      WHERE  session_no = :no AND seq BETWEEN :fromSeq AND :throughSeq
      ORDER BY seq
      LIMIT  :limit
      """)
  @UseRowMapper(EventSize.Mapper.class)
  List<EventSize> sizes(long no, long fromSeq, long throughSeq, int limit);

  /**
   * The last event up to {@code seq} that does not follow the one right before it in the log, and
   * its parent. From there to {@code seq} the log is a history.
   */
  @SqlQuery(
      """
      SELECT seq, parent_seq
      FROM   belay_session_event
      WHERE  session_no = :no AND seq <= :seq AND parent_seq <> seq - 1
      ORDER BY seq DESC
      LIMIT  1
      """)
  @UseRowMapper(RunMapper.class)
  Optional<Run> run(long no, long seq);

  /**
   * Events that follow one another in the log and in a history. Immutable, safe for use by many
   * threads.
   *
   * @param firstSeq the first of them
   * @param parentSeq the event before it in the history, 0 for none
   */
  record Run(long firstSeq, long parentSeq) {}

  /** Maps the columns of {@link #run}. Stateless, safe for use by many threads. */
  final class RunMapper implements RowMapper<Run> {
    @Override
    public Run map(ResultSet row, StatementContext context) throws SQLException {
      return new Run(row.getLong(1), row.getLong(2));
    }
  }
}
