package dev.belay.session;

import dev.belay.store.VerbatimSql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * The statements of sessions, for use inside a transaction: {@code tx.attach(SessionDao.class)}.
 * Belongs to the body that attached it.
 *
 * <p>{@link Sessions} puts them together and keeps the rules; what is written through here alone
 * answers for them itself. A deleted session is as unknown to every query but {@link #head}.
 *
 * <p>A CROSS JOIN says that the tables are to be walked in the order in which they are written:
 * left to choose, the database has walked the log before the path that picks from it. The mappers
 * read columns by their place, which each SELECT therefore keeps to.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface SessionDao {
  /**
   * The head of a session, deleted ones included, and one receipt of it. Read with the right to
   * write, so that nobody else moves the head before this transaction ends.
   */
  @SqlQuery(
      """
      SELECT s.no, s.revision, s.leaf_seq, s.last_seq, s.deleted_at_ms,
             r.hash_format, r.hash, r.revision, r.first_seq, r.last_seq, r.enqueued
      FROM   belay_session s
      LEFT JOIN belay_session_receipt r ON r.session_no = s.no AND r.operation_id = :operationId
      WHERE  s.id = :id
      """)
  @UseRowMapper(HeadMapper.class)
  Optional<SessionHead> head(String id, String operationId);

  /** As {@link #head(String, String)}, without a receipt. */
  @SqlQuery(
      """
      SELECT no, revision, leaf_seq, last_seq, deleted_at_ms, NULL
      FROM   belay_session
      WHERE  id = :id
      """)
  @UseRowMapper(HeadMapper.class)
  Optional<SessionHead> head(String id);

  /** The seq of the event with this id, if there is one. */
  @SqlQuery(
      """
      SELECT seq
      FROM   belay_session_event
      WHERE  session_no = :no AND event_id = :eventId
      """)
  Optional<Long> seqOf(long no, String eventId);

  /** Makes a session at revision 1 and returns its number. */
  @SqlQuery(
      """
      INSERT INTO belay_session (id, revision, leaf_seq, last_seq, created_at_ms, updated_at_ms)
      VALUES (:id, 1, :leafSeq, :lastSeq, :nowMs, :nowMs)
      RETURNING no
      """)
  long create(String id, long leafSeq, long lastSeq, long nowMs);

  /** Moves the head to the next revision; 1, or 0 if it is not at {@code revision}. */
  @SqlUpdate(
      """
      UPDATE belay_session
      SET    revision = revision + 1, leaf_seq = :leafSeq, last_seq = :lastSeq,
             updated_at_ms = :nowMs
      WHERE  no = :no AND revision = :revision AND deleted_at_ms IS NULL
      """)
  int advance(long no, long revision, long leafSeq, long lastSeq, long nowMs);

  /** Appends an event to the log. */
  @SqlUpdate(
      """
      INSERT INTO belay_session_event (session_no, seq, parent_seq, at_ms, event_id, type, payload)
      VALUES (:no, :seq, :parentSeq, :nowMs, :eventId, :type, :payload)
      """)
  int append(
      long no,
      long seq,
      long parentSeq,
      long nowMs,
      @Nullable String eventId,
      String type,
      String payload);

  /** Sets the state of a session. */
  @SqlUpdate(
      """
      INSERT INTO belay_session_state (session_no, state)
      VALUES (:no, :state)
      ON CONFLICT (session_no) DO UPDATE SET state = excluded.state
      """)
  int setState(long no, String state);

  /** Keeps the receipt of an operation; {@code enqueued} is null if it enqueued nothing. */
  @SqlUpdate(
      """
      INSERT INTO belay_session_receipt
             (session_no, operation_id, hash_format, hash, revision, first_seq, last_seq, enqueued)
      VALUES (:no, :operationId, :hashFormat, :hash, :revision, :firstSeq, :lastSeq, :enqueued)
      """)
  int keepReceipt(
      long no,
      String operationId,
      int hashFormat,
      byte[] hash,
      long revision,
      long firstSeq,
      long lastSeq,
      byte @Nullable [] enqueued);

  /** The session of this id. */
  @SqlQuery(
      """
      SELECT s.id, s.revision, s.leaf_seq, COALESCE(x.state, ''), s.created_at_ms, s.updated_at_ms
      FROM   belay_session s
      LEFT JOIN belay_session_state x ON x.session_no = s.no
      WHERE  s.id = :id AND s.deleted_at_ms IS NULL
      """)
  @UseRowMapper(SessionMapper.class)
  Optional<Session> find(String id);

  /** The next sessions after an id, in the order of their ids' code points; {@code ""} for all. */
  @SqlQuery(
      """
      SELECT s.id, s.revision, s.leaf_seq, COALESCE(x.state, ''), s.created_at_ms, s.updated_at_ms
      FROM   belay_session s
      LEFT JOIN belay_session_state x ON x.session_no = s.no
      WHERE  s.id > :afterId AND s.deleted_at_ms IS NULL
      ORDER BY s.id
      LIMIT  :limit
      """)
  @UseRowMapper(SessionMapper.class)
  List<Session> list(String afterId, int limit);

  /** The path from the leaf towards the root, at most {@code last} events, in no order. */
  @SqlQuery(
      """
      WITH RECURSIVE path (session_no, seq, parent_seq, length) AS (
        SELECT e.session_no, e.seq, e.parent_seq, 1
        FROM   belay_session s
        CROSS JOIN belay_session_event e
        WHERE  s.id = :id AND s.deleted_at_ms IS NULL
          AND  e.session_no = s.no AND e.seq = s.leaf_seq
        UNION ALL
        SELECT e.session_no, e.seq, e.parent_seq, p.length + 1
        FROM   path p
        CROSS JOIN belay_session_event e
        WHERE  e.session_no = p.session_no AND e.seq = p.parent_seq AND p.length < :last
      )
      SELECT CAST(:id AS TEXT), e.seq, e.parent_seq, e.event_id, e.type, e.payload, e.at_ms
      FROM   path p
      CROSS JOIN belay_session_event e
      WHERE  e.session_no = p.session_no AND e.seq = p.seq
      """)
  @UseRowMapper(EventMapper.class)
  List<SessionEvent> path(String id, int last);

  /** The next events of the log after a seq, in its order. */
  @SqlQuery(
      """
      SELECT s.id, e.seq, e.parent_seq, e.event_id, e.type, e.payload, e.at_ms
      FROM   belay_session s
      CROSS JOIN belay_session_event e
      WHERE  s.id = :id AND s.deleted_at_ms IS NULL
        AND  e.session_no = s.no AND e.seq > :afterSeq
      ORDER BY e.seq
      LIMIT  :limit
      """)
  @UseRowMapper(EventMapper.class)
  List<SessionEvent> events(String id, long afterSeq, int limit);

  /** The event that the caller gave this id. */
  @SqlQuery(
      """
      SELECT s.id, e.seq, e.parent_seq, e.event_id, e.type, e.payload, e.at_ms
      FROM   belay_session s
      CROSS JOIN belay_session_event e
      WHERE  s.id = :id AND s.deleted_at_ms IS NULL
        AND  e.session_no = s.no AND e.event_id = :eventId
      """)
  @UseRowMapper(EventMapper.class)
  Optional<SessionEvent> eventById(String id, String eventId);

  /** Burns an id: 1, or 0 if there is no such session. Its rows are freed later, in batches. */
  @SqlUpdate(
      """
      UPDATE belay_session
      SET    deleted_at_ms = :nowMs
      WHERE  id = :id AND deleted_at_ms IS NULL
      """)
  int burn(String id, long nowMs);

  /** Maps the columns of {@link SessionDao#head}. Stateless, safe for use by many threads. */
  final class HeadMapper implements RowMapper<SessionHead> {
    @Override
    public SessionHead map(ResultSet row, StatementContext context) throws SQLException {
      row.getLong(5);
      boolean deleted = !row.wasNull();
      int hashFormat = row.getInt(6);
      Receipt receipt =
          row.wasNull()
              ? null
              : new Receipt(
                  hashFormat,
                  row.getBytes(7),
                  row.getLong(8),
                  row.getLong(9),
                  row.getLong(10),
                  EnqueuedBytes.decode(row.getBytes(11), row.getLong(1)));
      return new SessionHead(
          row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), deleted, receipt);
    }
  }

  /** Maps the columns of {@link SessionDao#find}. Stateless, safe for use by many threads. */
  final class SessionMapper implements RowMapper<Session> {
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

  /** Maps the columns of {@link SessionDao#events}. Stateless, safe for use by many threads. */
  final class EventMapper implements RowMapper<SessionEvent> {
    @Override
    public SessionEvent map(ResultSet row, StatementContext context) throws SQLException {
      return new SessionEvent(
          row.getString(1),
          row.getLong(2),
          row.getLong(3),
          row.getString(4),
          row.getString(5),
          row.getString(6),
          Instant.ofEpochMilli(row.getLong(7)));
    }
  }
}
