package dev.belay.sqlite;

import dev.belay.store.Finding;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * Compares the tables, indexes and triggers of a file with those that Belay's migrations make in
 * memory. Stateless, safe for use by many threads.
 *
 * <p>An index that is not Belay's is a finding: every statement has the one plan that it was
 * written for, and a unique index refuses rows. Triggers of the application are its own business.
 */
final class SchemaShape {
  private static final String OBJECTS =
      "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL";

  private SchemaShape() {}

  private record Part(String table, String sql) {}

  static void check(Connection file, Consumer<Finding> to) throws SQLException {
    Map<String, Part> expected = expected();
    Map<String, Part> found = parts(file);
    if (isNewer(file)) {
      return; // only the Belay that migrated it knows its shape
    }
    Set<String> tables = new HashSet<>();
    expected.forEach(
        (name, part) -> {
          Part there = found.get(name);
          if (there == null) {
            to.accept(new Finding("schema", name, "is missing"));
          } else if (!there.equals(part)) {
            to.accept(new Finding("schema", name, "is not as Belay has made it"));
          }
          tables.add(part.table());
        });
    found.forEach(
        (name, part) -> {
          if (name.startsWith("index ") && tables.contains(part.table())) {
            if (!expected.containsKey(name)) {
              to.accept(
                  new Finding("schema", name, "of table " + part.table() + " is not Belay's"));
            }
          }
        });
  }

  private static boolean isNewer(Connection file) throws SQLException {
    try (Statement statement = file.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM "
                    + SchemaHistory.TABLE
                    + " WHERE version IS NOT NULL AND type <> 'BASELINE'")) {
      return row.next() && row.getInt(1) > ShippedMigration.ALL.size();
    }
  }

  private static Map<String, Part> expected() throws SQLException {
    try (Connection memory =
        new JDBC4Connection("jdbc:sqlite::memory:", ":memory:", new Properties())) {
      try (Statement script = memory.createStatement()) {
        for (ShippedMigration migration : ShippedMigration.ALL) {
          script.executeUpdate(migration.sql());
        }
      }
      return parts(memory);
    }
  }

  private static Map<String, Part> parts(Connection connection) throws SQLException {
    Map<String, Part> parts = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(OBJECTS)) {
      while (row.next()) {
        parts.put(
            row.getString(1) + " " + row.getString(2),
            new Part(row.getString(3), row.getString(4)));
      }
    }
    return parts;
  }
}
