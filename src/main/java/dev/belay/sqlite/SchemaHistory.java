package dev.belay.sqlite;

import dev.belay.store.SchemaTooNewException;
import dev.belay.store.StoreCorruptException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;

/**
 * Reads Flyway's history of Belay's tables without Flyway, which takes far longer to start than the
 * file to open. Immutable, safe for use by many threads.
 */
final class SchemaHistory {
  static final String TABLE = "belay_schema_history";

  private final String file;

  SchemaHistory(String file) {
    this.file = file;
  }

  /**
   * How many of the shipped migrations the file has.
   *
   * @throws SchemaTooNewException if it has one that did not ship with this Belay
   * @throws StoreCorruptException if one failed half-way, or is not the one that shipped
   */
  int appliedCount(SQLiteConnection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!exists(statement)) {
        return 0;
      }
      try (ResultSet row =
          statement.executeQuery(
              "SELECT version, checksum, success FROM "
                  + TABLE
                  + " WHERE version IS NOT NULL AND type <> 'BASELINE' ORDER BY installed_rank")) {
        return checkRows(row);
      }
    }
  }

  private static boolean exists(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '" + TABLE + "'")) {
      return row.next();
    }
  }

  private int checkRows(ResultSet row) throws SQLException {
    int count = 0;
    String newer = null;
    while (row.next()) {
      String version = row.getString("version");
      if (!row.getBoolean("success")) {
        throw corrupt(version, "failed half-way");
      }
      if (count == ShippedMigration.ALL.size()) {
        newer = version;
        continue;
      }
      ShippedMigration shipped = ShippedMigration.ALL.get(count);
      if (!shipped.version().equals(version)) {
        throw corrupt(version, "stands where version " + shipped.version() + " belongs");
      }
      if (shipped.checksum() != row.getInt("checksum")) {
        throw corrupt(version, "is not the one that this Belay ships: its checksum differs");
      }
      count++;
    }
    if (newer != null) {
      throw new SchemaTooNewException(file, newer, ShippedMigration.newestVersion());
    }
    return count;
  }

  private StoreCorruptException corrupt(String version, String what) {
    return new StoreCorruptException(
        file + ": in " + TABLE + ", the migration to version " + version + " " + what, null);
  }
}
