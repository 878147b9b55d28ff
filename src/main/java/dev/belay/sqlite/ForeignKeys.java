package dev.belay.sqlite;

import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file that refer to a row that does not exist. Belongs to the thread that opens the
 * store.
 *
 * <p>A file may have such rows in tables of other programs, and foreign keys that SQLite accepts
 * but cannot check. Belay does not judge those: a migration fails only for violations that did not
 * exist before it. A row is identified by the values that refer, not by its table and rowid,
 * because a table that is rebuilt may get another name, and its rows other rowids.
 */
final class ForeignKeys {
  private static final int SQLITE_ERROR = 1;
  private static final String MISMATCH = "a foreign key that cannot be checked";

  /** The number of occurrences of each violation. Each has one description. */
  private final Map<String, Integer> counts = new HashMap<>();

  private final Map<String, String> descriptions = new HashMap<>();

  private ForeignKeys() {}

  /** Returns the violations in the whole file. */
  static ForeignKeys of(Statement statement) throws SQLException {
    ForeignKeys broken = new ForeignKeys();
    for (String table : tables(statement, "%")) {
      broken.add(statement, table);
    }
    return broken;
  }

  /**
   * Requires that Belay's tables have no violation and, unless {@code before} is null, that the
   * other tables have none that is not in {@code before}.
   *
   * @throws StoreException if there is one; the message names it
   */
  static void requireWhole(Statement statement, String file, @Nullable ForeignKeys before)
      throws SQLException {
    ForeignKeys ours = new ForeignKeys();
    for (String table : tables(statement, "belay\\_%")) {
      ours.add(statement, table);
    }
    for (String description : ours.descriptions.values()) {
      throw new StoreCorruptException(
          file + ": after the migration, " + description + "; rolled back", null);
    }
    if (before != null) {
      ForeignKeys after = of(statement);
      for (Map.Entry<String, Integer> broken : after.counts.entrySet()) {
        if (broken.getValue() > before.counts.getOrDefault(broken.getKey(), 0)) {
          throw new StoreException(
              file
                  + ": after the application's migrations, "
                  + after.descriptions.get(broken.getKey())
                  + "; rolled back",
              null);
        }
      }
    }
  }

  /**
   * Returns the tables with foreign keys. Virtual tables have none, and their module may be
   * missing.
   */
  static List<String> tables(Statement statement, String pattern) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet row =
        statement.executeQuery(
            "SELECT DISTINCT t.name FROM sqlite_schema t, pragma_foreign_key_list(t.name)"
                + " WHERE t.type = 'table' AND t.rootpage > 0 AND t.name LIKE '"
                + pattern
                + "' ESCAPE '\\'")) {
      while (row.next()) {
        tables.add(row.getString(1));
      }
    }
    return tables;
  }

  private void add(Statement statement, String table) throws SQLException {
    List<Violation> violations = new ArrayList<>();
    try (ResultSet row =
        statement.executeQuery("PRAGMA foreign_key_check(" + quoted(table) + ")")) {
      while (row.next()) {
        violations.add(new Violation(row.getString(2), row.getString(3), row.getInt(4)));
      }
    } catch (SQLException e) {
      if (e.getErrorCode() != SQLITE_ERROR) {
        throw e;
      }
      add(MISMATCH, "table " + table + " has " + MISMATCH + " (foreign key mismatch)");
      return;
    }
    Map<Integer, String> columns = new HashMap<>();
    for (Violation violation : violations) {
      String rowid = violation.rowid();
      String values = "?"; // a WITHOUT ROWID table
      if (rowid != null) {
        String from = columns.get(violation.key());
        if (from == null) {
          from = columns(statement, table, violation.key());
          columns.put(violation.key(), from);
        }
        String row = quoted(table) + " WHERE rowid = " + rowid;
        values = text(statement, "SELECT " + from + " FROM " + row);
      }
      add(
          values,
          "row "
              + rowid
              + " of table "
              + table
              + " refers to a row of "
              + violation.parent()
              + " that does not exist");
    }
  }

  private void add(String broken, String description) {
    counts.merge(broken, 1, Integer::sum);
    descriptions.put(broken, description);
  }

  private record Violation(@Nullable String rowid, String parent, int key) {}

  /** Returns an SQL expression for the values of the columns of the foreign key {@code key}. */
  private static String columns(Statement statement, String table, int key) throws SQLException {
    return text(
        statement,
        "SELECT group_concat(printf('quote(\"%w\")', \"from\"), ' || '','' || ')"
            + " FROM pragma_foreign_key_list("
            + quoted(table)
            + ") WHERE id = "
            + key);
  }

  private static String text(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1) : "?";
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
