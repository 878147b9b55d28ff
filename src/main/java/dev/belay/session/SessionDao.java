package dev.belay.session;

import dev.belay.engine.VerbatimSql;
import dev.belay.queue.Enqueued;
import dev.belay.store.StoreCorruptException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;
import org.jspecify.annotations.Nullable;

/**
 * The statements of sessions, for use inside a transaction: {@code tx.attach(SessionDao.class)}.
 * Belongs to the body that attached it.
 *
 * <p>{@link Sessions} combines the statements and enforces the rules; a caller that uses a
 * statement directly must enforce the rules itself. Only {@link #head} finds deleted sessions and
 * cleared sessions without a later commit. To all other queries they do not exist, and neither does
 * anything from before a clear.
 *
 * <p>A CROSS JOIN makes the database read the tables in the order in which they are written. The
 * mappers read columns by position, so the order of columns in each SELECT must not change.
 */
@UseTemplateEngine(VerbatimSql.class)
public interface SessionDao {
  /**
   * Returns the head of a session, including a cleared or deleted one, with the receipt of one
   * operation. If the transaction has the write lock, no other transaction can change the head
   * before this one ends.
   */
  @SqlQuery(
      """
      SELECT s.no, s.revision, s.leaf_seq, s.last_seq, s.cleared_seq, s.active_at_ms,
             CASE WHEN s.absent_since_ms IS NULL THEN 0
                  WHEN s.deleted_at_ms IS NULL THEN 1
                  ELSE 2 END,
             r.hash_format, r.hash, r.revision, r.first_seq, r.last_seq, r.enqueued
      FROM   belay_session s
      LEFT JOIN belay_session_receipt r ON r.session_no = s.no AND r.operation_id = :operationId
                                       AND r.revision > s.cleared_revision
      WHERE  s.id = :id
      """)
  @UseRowMapper(SessionHeadMapper.WithReceipt.class)
  Optional<Head> head(String id, String operationId);

  /** As {@link #head(String, String)}, without a receipt. */
  @SqlQuery(
      """
      SELECT no, revision, leaf_seq, last_seq, cleared_seq, active_at_ms,
             CASE WHEN absent_since_ms IS NULL THEN 0
                  WHEN deleted_at_ms IS NULL THEN 1
                  ELSE 2 END
      FROM   belay_session
      WHERE  id = :id
      """)
  @UseRowMapper(SessionHeadMapper.class)
  Optional<Head> head(String id);

  /**
   * Returns the seq of the event with this id, if there is one, including an event from before a
   * clear.
   */
  @SqlQuery(
      """
      SELECT seq
      FROM   belay_session_event
      WHERE  session_no = :no AND event_id = :eventId
      """)
  Optional<Long> seqOf(long no, String eventId);

  /**
   * Removes the id from an event that is from before a clear. The event itself stays, because rows
   * of the application may prevent its deletion. Returns 1, or 0 if no event has the id.
   */
  @SqlUpdate(
      """
      UPDATE belay_session_event
      SET    event_id = NULL
      WHERE  session_no = :no AND event_id = :eventId
      """)
  int forgetEventId(long no, String eventId);

  /** Creates a session at revision 1 and returns its number. */
  @SqlQuery(
      """
      INSERT INTO belay_session
             (id, revision, leaf_seq, last_seq, created_at_ms, updated_at_ms, active_at_ms)
      VALUES (:id, 1, :leafSeq, :lastSeq, :nowMs, :nowMs, :nowMs)
      RETURNING no
      """)
  long create(String id, long leafSeq, long lastSeq, long nowMs);

  /**
   * Makes a cleared session exist again, at its next revision. Returns 1, or 0 if the session is
   * not a cleared one at {@code revision}.
   */
  @SqlUpdate(
      """
      UPDATE belay_session
      SET    revision = revision + 1, leaf_seq = :leafSeq, last_seq = :lastSeq,
             created_at_ms = :nowMs, updated_at_ms = :nowMs, active_at_ms = :nowMs,
             absent_since_ms = NULL
      WHERE  no = :no AND revision = :revision
        AND  absent_since_ms IS NOT NULL AND deleted_at_ms IS NULL
      """)
  int makeAgain(long no, long revision, long leafSeq, long lastSeq, long nowMs);

  /**
   * Moves the head to the next revision. Returns 1, or 0 if the head is not at {@code revision}.
   */
  @SqlUpdate(
      """
      UPDATE belay_session
      SET    revision = revision + 1, leaf_seq = :leafSeq, last_seq = :lastSeq,
             updated_at_ms = :nowMs
      WHERE  no = :no AND revision = :revision AND absent_since_ms IS NULL
      """)
  int advance(long no, long revision, long leafSeq, long lastSeq, long nowMs);

  /**
   * Stores the time of a session's last activity, for {@link Sessions#listIdle}. Returns 1, or 0 if
   * the session is unknown.
   */
  @SqlUpdate(
      """
      UPDATE belay_session
      SET    active_at_ms = :nowMs
      WHERE  no = :no
      """)
  int touch(long no, long nowMs);

  /** Appends an event to the log. Returns 1. */
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

  /** Sets the state of a session. Returns 1. */
  @SqlUpdate(
      """
      INSERT INTO belay_session_state (session_no, state)
      VALUES (:no, :state)
      ON CONFLICT (session_no) DO UPDATE SET state = excluded.state
      """)
  int setState(long no, String state);

  /**
   * Stores the receipt of an operation. It replaces a receipt of the same operation id from before
   * a clear. {@code enqueued} is null if the operation enqueued nothing. Returns 1.
   */
  @SqlUpdate(
      """
      INSERT INTO belay_session_receipt
             (session_no, operation_id, hash_format, hash, revision, at_ms, first_seq, last_seq,
              enqueued)
      VALUES (:no, :operationId, :hashFormat, :hash, :revision, :nowMs, :firstSeq, :lastSeq,
              :enqueued)
      ON CONFLICT (session_no, operation_id) DO UPDATE
      SET    hash_format = excluded.hash_format, hash = excluded.hash,
             revision = excluded.revision, at_ms = excluded.at_ms,
             first_seq = excluded.first_seq, last_seq = excluded.last_seq,
             enqueued = excluded.enqueued
      """)
  int keepReceipt(
      long no,
      String operationId,
      int hashFormat,
      byte[] hash,
      long revision,
      long nowMs,
      long firstSeq,
      long lastSeq,
      byte @Nullable [] enqueued);

  /** Returns the session with this id. */
  @SqlQuery(
      """
      SELECT s.id, s.revision, s.leaf_seq, COALESCE(x.state, ''), s.created_at_ms, s.updated_at_ms
      FROM   belay_session s
      LEFT JOIN belay_session_state x ON x.session_no = s.no
      WHERE  s.id = :id AND s.absent_since_ms IS NULL
      """)
  @UseRowMapper(Session.Mapper.class)
  Optional<Session> find(String id);

  /** Returns the event to which the caller gave this id. */
  @SqlQuery(
      """
      SELECT s.id, e.seq, e.parent_seq, e.event_id, e.type, e.payload, e.at_ms
      FROM   belay_session s
      CROSS JOIN belay_session_event e
      WHERE  s.id = :id AND s.absent_since_ms IS NULL
        AND  e.session_no = s.no AND e.event_id = :eventId AND e.seq > s.cleared_seq
      """)
  @UseRowMapper(SessionEvent.Mapper.class)
  Optional<SessionEvent> eventById(String id, String eventId);

  /**
   * The data of a session that a commit needs. Immutable, safe for use by many threads.
   *
   * @param no the session's number, by which other tables refer to it
   * @param revision number of its commits and clears, 0 if the session never existed
   * @param leafSeq seq of the leaf, 0 if there is none
   * @param lastSeq seq of the last event in its log, 0 if there is none
   * @param clearedSeq seq of the last event from before its last clear, 0 if it was never cleared
   * @param activeAtMs time of its last activity in milliseconds since the epoch, updated at most
   *     once a second
   * @param absent true if the session was deleted, or was cleared without a later commit
   * @param deleted true if its id is burnt
   * @param receipt the receipt of the requested operation, null if there is none
   */
  record Head(
      long no,
      long revision,
      long leafSeq,
      long lastSeq,
      long clearedSeq,
      long activeAtMs,
      boolean absent,
      boolean deleted,
      @Nullable Receipt receipt) {
    /**
     * The largest revision and seq: half of the range of a {@code long}, so that adding the size of
     * a commit never overflows.
     */
    public static final long COUNTER_MAX = Long.MAX_VALUE / 2;

    /** The head of a session that has never existed. */
    static final Head UNKNOWN = new Head(0, 0, 0, 0, 0, 0, true, false, null);

    /** Refuses values that Belay never writes, so that no counter overflows. */
    public Head {
      if (revision < 0
          || revision > COUNTER_MAX
          || lastSeq < 0
          || lastSeq > COUNTER_MAX
          || leafSeq < 0
          || leafSeq > lastSeq
          || clearedSeq < 0
          || clearedSeq > lastSeq) {
        throw new StoreCorruptException(
            "session no. %d has revision %d, leaf %d, last event %d, cleared up to %d"
                .formatted(no, revision, leafSeq, lastSeq, clearedSeq),
            null);
      }
    }

    /** Returns the revision that a commit must expect: 0 if the session is not visible. */
    long seenRevision() {
      return absent ? 0 : revision;
    }

    Head with(Receipt found) {
      return new Head(
          no, revision, leafSeq, lastSeq, clearedSeq, activeAtMs, absent, deleted, found);
    }
  }

  /**
   * The stored result of an operation, with which the store answers the same operation when it is
   * sent again. Immutable, safe for use by many threads, if no caller writes into {@code hash}.
   *
   * @param hashFormat the format of {@code hash}
   * @param hash the hash of the operation's content
   * @param revision the revision of the session after the operation
   * @param firstSeq the seq of the operation's first event; {@code lastSeq + 1} if it has none
   * @param lastSeq the seq of the last event in the log after the operation
   * @param enqueued the result for each piece of work that the operation enqueued, in its order
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by OperationHash, never by equals
  record Receipt(
      int hashFormat,
      byte[] hash,
      long revision,
      long firstSeq,
      long lastSeq,
      List<Enqueued> enqueued) {
    /** Copies {@code enqueued}. */
    public Receipt {
      enqueued = List.copyOf(enqueued);
    }
  }
}
