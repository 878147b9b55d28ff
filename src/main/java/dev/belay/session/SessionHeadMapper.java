package dev.belay.session;

import dev.belay.session.SessionDao.Head;
import dev.belay.session.SessionDao.Receipt;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Maps the columns of a head without a receipt. Stateless, safe for use by many threads. */
final class SessionHeadMapper implements RowMapper<Head> {
  private static final int ABSENT = 1;
  private static final int DELETED = 2;

  @Override
  public Head map(ResultSet row, StatementContext context) throws SQLException {
    int gone = row.getInt(7);
    return new Head(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        gone >= ABSENT,
        gone == DELETED,
        null);
  }

  /** Maps the columns of a head and a receipt. Stateless, safe for use by many threads. */
  static final class WithReceipt implements RowMapper<Head> {
    private final SessionHeadMapper head = new SessionHeadMapper();

    @Override
    public Head map(ResultSet row, StatementContext context) throws SQLException {
      Head found = head.map(row, context);
      int hashFormat = row.getInt(8);
      return row.wasNull()
          ? found
          : found.with(
              new Receipt(
                  hashFormat,
                  row.getBytes(9),
                  row.getLong(10),
                  row.getLong(11),
                  row.getLong(12),
                  EnqueuedBytes.decode(row.getBytes(13), found.no())));
    }
  }
}
