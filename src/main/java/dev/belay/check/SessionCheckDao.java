package dev.belay.check;

import dev.belay.engine.VerbatimSql;
import dev.belay.store.Finding;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.UseTemplateEngine;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The rules of sessions. Belongs to the body that attached it.
 *
 * <p>Of the rows that a clear or a deletion has left to be freed, only one thing is asked: that the
 * session is listed among those to free.
 *
 * <p>A row that should be there is looked for by a subquery that is NULL without it. A planner may
 * turn NOT EXISTS into a join, and read a whole table for it.
 */
@UseTemplateEngine(VerbatimSql.class)
interface SessionCheckDao {
  /** Returns what is wrong with the heads of the next sessions. */
  @SqlQuery(
      """
      WITH s AS MATERIALIZED (
        SELECT no, id, revision, leaf_seq, last_seq, cleared_seq, cleared_revision,
               absent_since_ms, deleted_at_ms
        FROM   belay_session
        WHERE  no > :no
        ORDER BY no
        LIMIT  :rows
      )
      SELECT 'session-head', 'session ' || id,
             'has revision ' || revision || ', leaf ' || leaf_seq || ', last event ' || last_seq
             || ', cleared up to event ' || cleared_seq || ', revision ' || cleared_revision
      FROM   s
      WHERE  NOT (revision BETWEEN 1 AND 4611686018427387903
                  AND last_seq BETWEEN 0 AND 4611686018427387903
                  AND cleared_seq BETWEEN 0 AND last_seq
                  AND cleared_revision BETWEEN 0 AND revision
                  AND (leaf_seq = 0 OR leaf_seq BETWEEN cleared_seq + 1 AND last_seq)
                  AND (deleted_at_ms IS NULL OR absent_since_ms IS NOT NULL))
      UNION ALL
      SELECT 'counter', 'session ' || id, 'its revision or its last event is the largest possible'
      FROM   s
      WHERE  revision >= 4611686018427387903 OR last_seq >= 4611686018427387903
      UNION ALL
      SELECT 'session-log-gap', 'session ' || id, 'event ' || last_seq || ', the last, is missing'
      FROM   s
      WHERE  deleted_at_ms IS NULL AND last_seq > cleared_seq
        AND  (SELECT 1 FROM belay_session_event e
              WHERE  e.session_no = s.no AND e.seq = s.last_seq) IS NULL
      UNION ALL
      SELECT 'session-head', 'session ' || id, 'its leaf, event ' || leaf_seq || ', is missing'
      FROM   s
      WHERE  deleted_at_ms IS NULL AND leaf_seq > cleared_seq AND leaf_seq <> last_seq
        AND  (SELECT 1 FROM belay_session_event e
              WHERE  e.session_no = s.no AND e.seq = s.leaf_seq) IS NULL
      """)
  @UseRowMapper(FindingMapper.class)
  List<Finding> heads(long no, int rows);

  /** Returns the last of the next sessions; empty if there are fewer than {@code rows}. */
  @SqlQuery(
      """
      SELECT no, 0, ''
      FROM   belay_session
      WHERE  no > :no
      ORDER BY no
      LIMIT  1 OFFSET :rows - 1
      """)
  @UseRowMapper(Place.Mapper.class)
  Optional<Place> lastHead(long no, int rows);

  /** Returns what is wrong with the next events, in the order of sessions and of the log. */
  @SqlQuery(
      """
      WITH e AS MATERIALIZED (
        SELECT session_no, seq, parent_seq
        FROM   belay_session_event
        WHERE  (session_no, seq) > (:no, :seq)
        ORDER BY session_no, seq
        LIMIT  :rows
      )
      SELECT 'session-orphan', 'session no. ' || e.session_no,
             'does not exist, but has events from ' || e.seq
      FROM   e
      WHERE  (SELECT 1 FROM belay_session s WHERE s.no = e.session_no) IS NULL
        AND  (SELECT 1 FROM belay_session_event p
              WHERE  p.session_no = e.session_no AND p.seq = e.seq - 1) IS NULL
      UNION ALL
      SELECT 'session-log-gap', 'session ' || s.id, 'event ' || (e.seq - 1) || ' is missing'
      FROM   e
      CROSS JOIN belay_session s
      WHERE  s.no = e.session_no AND s.deleted_at_ms IS NULL AND e.seq - 1 > s.cleared_seq
        AND  (SELECT 1 FROM belay_session_event p
              WHERE  p.session_no = e.session_no AND p.seq = e.seq - 1) IS NULL
      UNION ALL
      SELECT 'session-head', 'session ' || s.id,
             'has event ' || e.seq || ' after its last, ' || s.last_seq
      FROM   e
      CROSS JOIN belay_session s
      WHERE  s.no = e.session_no AND e.seq > s.last_seq
      UNION ALL
      SELECT 'session-parent', 'session ' || s.id,
             'event ' || e.seq || ' has the parent ' || e.parent_seq
             || ', which is no earlier event of the session'
      FROM   e
      CROSS JOIN belay_session s
      WHERE  s.no = e.session_no AND s.deleted_at_ms IS NULL AND e.seq > s.cleared_seq
        AND  e.parent_seq <> 0
        AND  (e.parent_seq <= s.cleared_seq OR e.parent_seq >= e.seq
              OR (e.parent_seq <> e.seq - 1
                  AND (SELECT 1 FROM belay_session_event p
                       WHERE  p.session_no = e.session_no AND p.seq = e.parent_seq) IS NULL))
      UNION ALL
      SELECT 'session-unfreed', 'session ' || s.id,
             'events from ' || e.seq || ' were deleted or cleared, and are not listed to be freed'
      FROM   e
      CROSS JOIN belay_session s
      WHERE  s.no = e.session_no AND (s.deleted_at_ms IS NOT NULL OR e.seq <= s.cleared_seq)
        AND  (SELECT 1 FROM belay_session_unfreed u WHERE u.session_no = e.session_no) IS NULL
        AND  (SELECT 1 FROM belay_session_event p
              WHERE  p.session_no = e.session_no AND p.seq = e.seq - 1) IS NULL
      """)
  @UseRowMapper(FindingMapper.class)
  List<Finding> events(long no, long seq, int rows);

  /** As {@link #lastHead}, of events. */
  @SqlQuery(
      """
      SELECT session_no, seq, ''
      FROM   belay_session_event
      WHERE  (session_no, seq) > (:no, :seq)
      ORDER BY session_no, seq
      LIMIT  1 OFFSET :rows - 1
      """)
  @UseRowMapper(Place.Mapper.class)
  Optional<Place> lastEvent(long no, long seq, int rows);

  /** Returns what is wrong with the next receipts. */
  @SqlQuery(
      """
      WITH r AS MATERIALIZED (
        SELECT session_no, operation_id, revision, first_seq, last_seq, octet_length(hash) AS bytes
        FROM   belay_session_receipt
        WHERE  (session_no, operation_id) > (:no, :name)
        ORDER BY session_no, operation_id
        LIMIT  :rows
      )
      SELECT 'session-orphan', 'session no. ' || r.session_no,
             'does not exist, but has the receipt of operation ' || r.operation_id
      FROM   r
      WHERE  (SELECT 1 FROM belay_session s WHERE s.no = r.session_no) IS NULL
      UNION ALL
      SELECT 'session-receipt', 'session ' || s.id,
             'the receipt of operation ' || r.operation_id || ' has revision ' || r.revision
             || ', events ' || r.first_seq || ' to ' || r.last_seq
             || '; the session has revision ' || s.revision || ', last event ' || s.last_seq
      FROM   r
      CROSS JOIN belay_session s
      WHERE  s.no = r.session_no AND s.deleted_at_ms IS NULL AND r.revision > s.cleared_revision
        AND  (r.revision > s.revision OR r.last_seq > s.last_seq OR r.first_seq <= s.cleared_seq
              OR r.first_seq > r.last_seq + 1 OR r.bytes <> 32)
      UNION ALL
      SELECT 'session-unfreed', 'session ' || s.id,
             'the receipt of operation ' || r.operation_id
             || ' was deleted or cleared, and is not listed to be freed'
      FROM   r
      CROSS JOIN belay_session s
      WHERE  s.no = r.session_no
        AND  (s.deleted_at_ms IS NOT NULL OR r.revision <= s.cleared_revision)
        AND  (SELECT 1 FROM belay_session_unfreed u WHERE u.session_no = r.session_no) IS NULL
      """)
  @UseRowMapper(FindingMapper.class)
  List<Finding> receipts(long no, String name, int rows);

  /** As {@link #lastHead}, of receipts. */
  @SqlQuery(
      """
      SELECT session_no, 0, operation_id
      FROM   belay_session_receipt
      WHERE  (session_no, operation_id) > (:no, :name)
      ORDER BY session_no, operation_id
      LIMIT  1 OFFSET :rows - 1
      """)
  @UseRowMapper(Place.Mapper.class)
  Optional<Place> lastReceipt(long no, String name, int rows);

  /** Returns what is wrong with the next states. */
  @SqlQuery(
      """
      WITH x AS MATERIALIZED (
        SELECT session_no
        FROM   belay_session_state
        WHERE  session_no > :no
        ORDER BY session_no
        LIMIT  :rows
      )
      SELECT 'session-orphan', 'session no. ' || x.session_no, 'does not exist, but has a state'
      FROM   x
      WHERE  (SELECT 1 FROM belay_session s WHERE s.no = x.session_no) IS NULL
      UNION ALL
      SELECT 'session-unfreed', 'session ' || s.id,
             'its state was deleted, and is not listed to be freed'
      FROM   x
      CROSS JOIN belay_session s
      WHERE  s.no = x.session_no AND s.deleted_at_ms IS NOT NULL
        AND  (SELECT 1 FROM belay_session_unfreed u WHERE u.session_no = x.session_no) IS NULL
      """)
  @UseRowMapper(FindingMapper.class)
  List<Finding> states(long no, int rows);

  /** As {@link #lastHead}, of states. */
  @SqlQuery(
      """
      SELECT session_no, 0, ''
      FROM   belay_session_state
      WHERE  session_no > :no
      ORDER BY session_no
      LIMIT  1 OFFSET :rows - 1
      """)
  @UseRowMapper(Place.Mapper.class)
  Optional<Place> lastState(long no, int rows);

  /** Returns what is wrong with the next sessions that have rows to free. */
  @SqlQuery(
      """
      WITH u AS MATERIALIZED (
        SELECT session_no
        FROM   belay_session_unfreed
        WHERE  session_no > :no
        ORDER BY session_no
        LIMIT  :rows
      )
      SELECT 'session-orphan', 'session no. ' || u.session_no,
             'does not exist, but is listed to be freed'
      FROM   u
      WHERE  (SELECT 1 FROM belay_session s WHERE s.no = u.session_no) IS NULL
      UNION ALL
      SELECT 'session-unfreed', 'session ' || s.id,
             'is listed to be freed, but was neither cleared nor deleted'
      FROM   u
      CROSS JOIN belay_session s
      WHERE  s.no = u.session_no AND s.deleted_at_ms IS NULL AND s.cleared_revision = 0
      """)
  @UseRowMapper(FindingMapper.class)
  List<Finding> unfreed(long no, int rows);

  /** As {@link #lastHead}, of sessions that have rows to free. */
  @SqlQuery(
      """
      SELECT session_no, 0, ''
      FROM   belay_session_unfreed
      WHERE  session_no > :no
      ORDER BY session_no
      LIMIT  1 OFFSET :rows - 1
      """)
  @UseRowMapper(Place.Mapper.class)
  Optional<Place> lastUnfreed(long no, int rows);
}
