package dev.belay.sqlite.meddling;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;
import org.sqlite.SQLiteConnection;

/** Does what the one row of the table {@code way} names, between two changes of its own. */
public final class V2__Meddle extends BaseJavaMigration {
  /** One way to reach the end of a transaction. */
  @FunctionalInterface
  private interface Way {
    void take(Connection connection) throws SQLException;
  }

  /** All the ways, by name. */
  private static final Map<String, Way> WAYS =
      Map.ofEntries(
          Map.entry("execute", c -> c.createStatement().execute("COMMIT")),
          Map.entry("executeUpdate", c -> c.createStatement().executeUpdate("END TRANSACTION")),
          Map.entry("large", c -> c.createStatement().executeLargeUpdate("ROLLBACK")),
          Map.entry("query", c -> c.createStatement().executeQuery("COMMIT")),
          Map.entry("mark", c -> c.createStatement().execute("\uFEFFCOMMIT")),
          Map.entry("second", c -> c.createStatement().executeUpdate("SELECT 1; COMMIT")),
          Map.entry(
              "behind a text",
              c -> c.createStatement().executeUpdate("SELECT ';'; /*;*/ END; -- ;\n")),
          Map.entry(
              "behind a trigger",
              c ->
                  c.createStatement()
                      .executeUpdate(
                          "CREATE TRIGGER g AFTER INSERT ON way BEGIN SELECT 1; END; COMMIT")),
          Map.entry("prepared", c -> c.prepareStatement("COMMIT").execute()),
          Map.entry(
              "batch",
              c -> {
                Statement statement = c.createStatement();
                statement.addBatch("COMMIT");
                statement.executeBatch();
              }),
          Map.entry("commit", Connection::commit),
          Map.entry("rollback", Connection::rollback),
          Map.entry("setAutoCommit", c -> c.setAutoCommit(true)),
          Map.entry("abort", c -> c.abort(Runnable::run)),
          Map.entry("statement's", c -> c.createStatement().getConnection().commit()),
          Map.entry(
              "unwrapped",
              c -> c.unwrap(SQLiteConnection.class).createStatement().execute("COMMIT")),
          Map.entry(
              "unwrapped twice",
              c -> c.unwrap(Connection.class).createStatement().execute("COMMIT")),
          Map.entry(
              "caught",
              c -> {
                try {
                  c.createStatement().execute("INSERT OR ROLLBACK INTO way SELECT * FROM way");
                } catch (SQLException e) {
                  c.createStatement().execute("CREATE TABLE after (x)");
                }
              }),
          Map.entry(
              "past the guard",
              c -> {
                try (ResultSet row = c.createStatement().executeQuery("SELECT 1")) {
                  row.getStatement().execute("COMMIT");
                }
              }));

  /** What a test may write into the table. */
  public static Iterable<String> ways() {
    return WAYS.keySet();
  }

  @Override
  public void migrate(Context context) throws SQLException {
    Connection connection = context.getConnection();
    try (Statement statement = connection.createStatement()) {
      String way;
      try (ResultSet row = statement.executeQuery("SELECT name FROM way")) {
        way = row.next() ? row.getString(1) : "none";
      }
      statement.execute("CREATE TABLE before (x)");
      WAYS.getOrDefault(way, c -> {}).take(connection);
      statement.execute("CREATE TABLE behind (x)");
    }
  }
}
