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
 * The statements that end receipts. Belongs to the body that attached it.
 *
 * <p>They walk a session's receipts in the order of their operation ids, range by range: an index
 * by time or by revision would be written by every operation, and used once in a long while.
 */
@UseTemplateEngine(VerbatimSql.class)
interface ReceiptDao {
  /** The next receipts of a session after an operation; {@code ""} for the first. */
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

  /** The receipts of a range. */
  @SqlQuery(
      """
      SELECT operation_id, revision, COALESCE(octet_length(enqueued), 0)
      FROM   belay_session_receipt
      WHERE  session_no = :no AND operation_id BETWEEN :fromId AND :throughId
      ORDER BY operation_id
      """)
  @UseRowMapper(LineMapper.class)
  List<Line> between(long no, String fromId, String throughId);

  /** Deletes those of a range that were made up to a revision; how many that were. */
  @SqlUpdate(
      """
      DELETE FROM belay_session_receipt
      WHERE  session_no = :no AND operation_id BETWEEN :fromId AND :throughId
        AND  revision <= :revisionMax
      """)
  int free(long no, String fromId, String throughId, long revisionMax);

  /**
   * Deletes those of a range that were made after a revision and before a time; how many that were.
   */
  @SqlUpdate(
      """
      DELETE FROM belay_session_receipt
      WHERE  session_no = :no AND operation_id BETWEEN :fromId AND :throughId
        AND  revision > :afterRevision AND at_ms < :beforeMs
      """)
  int forget(long no, String fromId, String throughId, long afterRevision, long beforeMs);

  /** The number of a session that can be seen, and the revision that clearing it made. */
  @SqlQuery(
      """
      SELECT no, cleared_revision
      FROM   belay_session
      WHERE  id = :id AND absent_since_ms IS NULL
      """)
  @UseRowMapper(OwnerMapper.class)
  Optional<Owner> owner(String id);

  /**
   * A session whose receipts are looked through. Immutable, safe for use by many threads.
   *
   * @param no of the session
   * @param clearedRevision what clearing it made: earlier receipts nobody sees
   */
  record Owner(long no, long clearedRevision) {}

  /** Maps the columns of {@link #owner}. Stateless, safe for use by many threads. */
  final class OwnerMapper implements RowMapper<Owner> {
    @Override
    public Owner map(ResultSet row, StatementContext context) throws SQLException {
      return new Owner(row.getLong(1), row.getLong(2));
    }
  }

  /** A receipt without what it answers. Immutable, safe for use by many threads. */
  record Line(String operationId, long revision, long bytes) implements Sized {}

  /** Maps the columns of {@link #after}. Stateless, safe for use by many threads. */
  final class LineMapper implements RowMapper<Line> {
    @Override
    public Line map(ResultSet row, StatementContext context) throws SQLException {
      return new Line(row.getString(1), row.getLong(2), row.getLong(3));
    }
  }
}
