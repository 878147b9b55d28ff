package dev.belay.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call: statements that go to the server together, and their parameters in their order: the
 * time, then most of them arrays with an item for each member. Belongs to the thread that made it.
 */
final class PgArrays {
  private final PgParts parts;
  private final Connection connection;
  private final PreparedStatement statement;
  private int position;

  PgArrays(PgParts parts, Connection connection, PreparedStatement statement) throws SQLException {
    this.parts = parts;
    this.connection = connection;
    this.statement = statement;
    statement.setObject(++position, parts.chosenMs(), Types.BIGINT);
    addLong(parts.serverClock().answeredMs());
  }

  /** Reads a row of the answer. */
  interface Reader {
    void read(ResultSet row) throws SQLException;
  }

  <M> void add(String type, List<M> members, Function<M, @Nullable Object> value)
      throws SQLException {
    @Nullable Object[] values = new @Nullable Object[members.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.apply(members.get(i));
    }
    statement.setArray(++position, connection.createArrayOf(type, values));
  }

  void addLong(long value) throws SQLException {
    statement.setLong(++position, value);
  }

  void addText(String value) throws SQLException {
    statement.setString(++position, value);
  }

  /**
   * Executes the statements. The first that returns rows begins the transaction, and tells the
   * server's time; the rows of the others are the answer. The last is the COMMIT.
   */
  void execute(Reader reader) throws SQLException {
    PgBegin.@Nullable Begun begun = null;
    long sentNanos = System.nanoTime();
    boolean isRows = statement.execute();
    while (isRows || statement.getUpdateCount() >= 0) {
      if (isRows) {
        try (ResultSet row = statement.getResultSet()) {
          if (begun == null) {
            begun = PgBegin.begun(row, "", sentNanos);
          } else {
            while (row.next()) {
              reader.read(row);
            }
          }
        }
      }
      isRows = statement.getMoreResults();
    }
    parts.serverClock().called(Objects.requireNonNull(begun));
    PgConnectionDriver.reportWarning(parts.errors(), statement.getWarnings());
  }
}
