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
 * <p>Each statement reads only the rows that it returns, with one exception in {@link #idle}:
 * events in ranges of the log, sessions by an index that contains only visible sessions.
 */
@UseTemplateEngine(VerbatimSql.class)
interface SessionListDao {
  /**
   * Returns the next sessions after an id, in the order of the ids' code points; the first page is
   * after {@code ""}.
   */
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
   * Returns the next sessions whose last update is before a time, the longest idle first. A session
   * whose stored activity is in the last second before {@code beforeMs} may have been updated after
   * {@code beforeMs}; such a session is read and skipped.
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

  /**
   * Returns the position of a session in the order of {@link #idle}: its last activity in
   * milliseconds since the epoch. Includes cleared and deleted sessions.
   */
  @SqlQuery(
      """
      SELECT active_at_ms
      FROM   belay_session
      WHERE  id = :id
      """)
  Optional<Long> activeAtMs(String id);

  /** Returns the events of a range of the log, both ends inclusive, in the order of the log. */
  @SqlQuery(
      """
      SELECT CAST(:id AS TEXT), seq, parent_seq, event_id, type, payload, at_ms
      FROM   belay_session_event
      WHERE  session_no = :no AND seq BETWEEN :fromSeq AND :throughSeq
      ORDER BY seq
      """)
  @UseRowMapper(SessionEvent.Mapper.class)
  List<SessionEvent> events(String id, long no, long fromSeq, long throughSeq);

  /**
   * Returns the sizes of the events of a range of the log, both ends inclusive, in the order of the
   * log.
   */
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
   * Returns the last event, up to {@code seq} inclusive, whose parent is not the event right before
   * it in the log, with its parent. From that event to {@code seq}, each event is the parent of the
   * next.
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
   * A range of the log in which each event is the parent of the next. Immutable, safe for use by
   * many threads.
   *
   * @param firstSeq seq of the first event
   * @param parentSeq seq of its parent, 0 for none
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
