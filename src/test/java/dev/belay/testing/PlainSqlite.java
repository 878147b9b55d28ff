package dev.belay.testing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.sqlite.SQLiteConfig;

/**
 * Access to a database file without Belay, as another program has it. Stateless, safe for use by
 * many threads.
 */
public final class PlainSqlite {
  private PlainSqlite() {}

  /** Opens a connection in autocommit mode, with the driver's own settings. */
  public static Connection connect(Path file) throws SQLException {
    return new SQLiteConfig().createConnection("jdbc:sqlite:" + file.toAbsolutePath());
  }

  /** As {@link #connect}, with a busy timeout that also a busy machine keeps. */
  public static Connection patient(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(10_000);
    return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
  }

  /** Runs each statement on a new connection to {@code file}. */
  public static void execute(Path file, String... statements) throws SQLException {
    try (Connection connection = connect(file)) {
      execute(connection, statements);
    }
  }

  /** Runs each statement. */
  public static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** As {@link #execute(Connection, String...)}, for {@code BelayOptions.withConnection}. */
  public static Consumer<Connection> preparing(Supplier<String> statement) {
    return connection -> {
      try {
        execute(connection, statement.get());
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  /** Returns the rows of {@code query}, each as its columns joined by a blank. */
  public static List<String> rows(Path file, String query) throws SQLException {
    try (Connection connection = connect(file);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        StringBuilder row = new StringBuilder(String.valueOf(result.getString(1)));
        for (int column = 2; column <= result.getMetaData().getColumnCount(); column++) {
          row.append(' ').append(result.getString(column));
        }
        rows.add(row.toString());
      }
      return rows;
    }
  }

  /** Returns the only row of {@code query}. */
  public static String row(Path file, String query) throws SQLException {
    List<String> rows = rows(file, query);
    if (rows.size() != 1) {
      throw new IllegalStateException(rows.size() + " rows from: " + query);
    }
    return rows.get(0);
  }
}
