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
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.statement.UseRowMapper;

/**
 * The statements that delete receipts. Belongs to the body that attached it.
 *
 * <p>They read the receipts of a session in the order of their operation ids, range by range. An
 * index by time or by revision would make every operation slower, and would be used rarely.
 */
@UseTemplateEngine(VerbatimSql.class)
interface ReceiptDao {
  /**
   * Returns the next receipts of a session after an operation id; the first ones are after {@code
   * ""}.
   */
  @SqlQuery(
      """
      SELECT operation_id, revision, COALESCE(octet_length(enqueued), 0)
      FROM   belay_session_receipt
      WHERE  session_no = :no AND operation_id > :afterId
      ORDER BY operation_id
      LIMIT  :limit
      """)
  @UseRowMapper(LineMapper.class)
  List<Line> after(long no, String afterId, int limit);

  /** Returns the receipts of a range, both ends inclusive. */
  @SqlQuery(
      """
      SELECT operation_id, revision, COALESCE(octet_length(enqueued), 0)
      FROM   belay_session_receipt
      WHERE  session_no = :no AND operation_id BETWEEN :fromId AND :throughId
      ORDER BY operation_id
      """)
  @UseRowMapper(LineMapper.class)
  List<Line> between(long no, String fromId, String throughId);

  /** Deletes the receipts of a range up to a revision, inclusive. Returns the number deleted. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_receipt
      WHERE  session_no = :no AND operation_id BETWEEN :fromId AND :throughId
        AND  revision <= :revisionMax
      """)
  int free(long no, String fromId, String throughId, long revisionMax);

  /**
   * Deletes the receipts of a range after a revision and before a time, both exclusive. Returns the
   * number deleted.
   */
  @SqlUpdate(
      """
      DELETE FROM belay_session_receipt
      WHERE  session_no = :no AND operation_id BETWEEN :fromId AND :throughId
        AND  revision > :afterRevision AND at_ms < :beforeMs
      """)
  int forget(long no, String fromId, String throughId, long afterRevision, long beforeMs);

  /** Returns the number of a visible session, and its revision after its last clear. */
  @SqlQuery(
      """
      SELECT no, cleared_revision
      FROM   belay_session
      WHERE  id = :id AND absent_since_ms IS NULL
      """)
  @UseRowMapper(OwnerMapper.class)
  Optional<Owner> owner(String id);

  /**
   * A session whose receipts are read. Immutable, safe for use by many threads.
   *
   * @param no number of the session
   * @param clearedRevision its revision after the last clear; receipts up to it are not visible
   */
  record Owner(long no, long clearedRevision) {}

  /** Maps the columns of {@link #owner}. Stateless, safe for use by many threads. */
  final class OwnerMapper implements RowMapper<Owner> {
    @Override
    public Owner map(ResultSet row, StatementContext context) throws SQLException {
      return new Owner(row.getLong(1), row.getLong(2));
    }
  }

  /** A receipt without the stored results. Immutable, safe for use by many threads. */
  record Line(String operationId, long revision, long bytes) implements Sized {}

  /** Maps the columns of {@link #after}. Stateless, safe for use by many threads. */
  final class LineMapper implements RowMapper<Line> {
    @Override
    public Line map(ResultSet row, StatementContext context) throws SQLException {
      return new Line(row.getString(1), row.getLong(2), row.getLong(3));
    }
  }
}
