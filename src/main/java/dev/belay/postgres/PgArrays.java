package dev.belay.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one statement, in their order, most of them arrays with an item for each
 * member. Belongs to the thread that made it.
 */
final class PgArrays {
  private final Connection connection;
  private final PreparedStatement statement;
  private int position;

  PgArrays(Connection connection, PreparedStatement statement) {
    this.connection = connection;
    this.statement = statement;
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

  /** Executes the statements, of which the last one that returns rows answers. */
  void execute(Reader reader) throws SQLException {
    boolean isRows = statement.execute();
    boolean isAnswer = false;
    while (isRows || statement.getUpdateCount() >= 0) {
      if (isRows) {
        try (ResultSet row = statement.getResultSet()) {
          while (isAnswer && row.next()) {
            reader.read(row);
          }
        }
        isAnswer = true; // the first rows are those of the settings
      }
      isRows = statement.getMoreResults();
    }
  }
}
