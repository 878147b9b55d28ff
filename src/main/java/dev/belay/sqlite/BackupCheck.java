package dev.belay.sqlite;

import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.jdbc4.JDBC4Connection;

/** Checks that a copy is complete and undamaged. Stateless, safe for use by many threads. */
final class BackupCheck {
  /**
   * The steps of SQLite's virtual machine between two checks for a cancellation: less than a
   * millisecond.
   */
  private static final int STEPS_PER_LOOK = 10_000;

  private BackupCheck() {}

  /**
   * Reads all of {@code draft} once, except tables of the host that need a collation or a function
   * which this connection does not have. This check also finds a store that is itself damaged,
   * because its copy then is, too.
   *
   * @throws StoreCorruptException if a page is damaged
   */
  static void run(SqliteFile draft, int pages, BackupRun run, OpenSettings settings)
      throws SQLException {
    try (SQLiteConnection copy = open(draft)) {
      settings.prepare(copy);
      ProgressHandler.setHandler(
          copy,
          STEPS_PER_LOOK,
          new ProgressHandler() {
            @Override
            protected int progress() {
              return run.isCancelled() ? 1 : 0; // 1 interrupts the statement
            }
          });
      try {
        int found = Integer.parseInt(text(copy, "PRAGMA page_count"));
        if (found != pages) {
          throw new StoreException(
              run.title() + ": the copy has " + found + " pages of " + pages, null);
        }
        // The CHECK constraints of the host's tables are the host's, and may call its functions.
        execute(copy, "PRAGMA ignore_check_constraints = ON");
        String result = check(copy);
        if (!"ok".equals(result)) {
          throw new StoreCorruptException(
              run.title() + ": the store, and therefore its copy, is damaged: " + result, null);
        }
      } finally {
        ProgressHandler.clearHandler(copy);
      }
    }
  }

  private static String check(SQLiteConnection copy) throws SQLException {
    try {
      return text(copy, "PRAGMA quick_check(1)");
    } catch (SQLException e) {
      if (!isOfAStatement(e)) {
        throw e;
      }
    }
    for (String table : tables(copy)) {
      try {
        String quoted = "'" + table.replace("'", "''") + "'";
        String result = text(copy, "PRAGMA quick_check(" + quoted + ")");
        if (!"ok".equals(result)) {
          return result;
        }
      } catch (SQLException e) {
        if (!isOfAStatement(e)) {
          throw e;
        }
      }
    }
    return "ok";
  }

  /**
   * Returns whether the statement could not be prepared, for example because a collation is
   * missing; then no page is damaged.
   */
  static boolean isOfAStatement(SQLException failure) {
    return (failure.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_ERROR.code;
  }

  private static List<String> tables(SQLiteConnection copy) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = copy.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
      while (row.next()) {
        names.add(row.getString(1));
      }
    }
    return names;
  }

  /** Returns the number of pages of a file to which no other connection is open. */
  static int pageCount(SqliteFile draft) throws SQLException {
    try (SQLiteConnection copy = open(draft)) {
      return Integer.parseInt(text(copy, "PRAGMA page_count"));
    }
  }

  /** Immutable, because no other process knows the file: so no sidecar is created. */
  private static SQLiteConnection open(SqliteFile draft) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setOpenMode(SQLiteOpenMode.OPEN_URI);
    return new JDBC4Connection(
        "jdbc:sqlite:" + draft, draft.uri() + "?immutable=1", config.toProperties());
  }

  private static void execute(SQLiteConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(SQLiteConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : "";
    }
  }
}
