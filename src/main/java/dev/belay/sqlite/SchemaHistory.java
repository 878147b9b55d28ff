package dev.belay.sqlite;

import dev.belay.store.SchemaTooNewException;
import dev.belay.store.SchemaTooOldException;
import dev.belay.store.StoreCorruptException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.sqlite.SQLiteConnection;

/**
 * The history of Belay's schema, in a table of Flyway's form, and the run of the migrations that it
 * records. Immutable, safe for use by many threads.
 *
 * <p>Belay's own migrations run without Flyway: Flyway logs at INFO through a factory that the
 * whole JVM shares, and its start takes far longer than opening the file.
 */
final class SchemaHistory {
  static final String TABLE = "belay_schema_history";

  private static final String CREATE =
      """
      CREATE TABLE IF NOT EXISTS belay_schema_history (
        installed_rank INT NOT NULL PRIMARY KEY,
        version        VARCHAR(50),
        description    VARCHAR(200) NOT NULL,
        type           VARCHAR(20) NOT NULL,
        script         VARCHAR(1000) NOT NULL,
        checksum       INT,
        installed_by   VARCHAR(100) NOT NULL,
        installed_on   TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
        execution_time INT NOT NULL,
        success        BOOLEAN NOT NULL
      );
      CREATE INDEX IF NOT EXISTS belay_schema_history_s_idx ON belay_schema_history (success);
      """;

  private static final String ADD =
      """
      INSERT INTO belay_schema_history
             (installed_rank, version, description, type, script, checksum,
              installed_by, execution_time, success)
      SELECT coalesce(max(installed_rank), 0) + 1, ?, ?, 'SQL', ?, ?, '', ?, 1
      FROM   belay_schema_history
      """;

  private final String file;

  SchemaHistory(String file) {
    this.file = file;
  }

  /**
   * Returns the number of shipped migrations that the file has.
   *
   * @throws SchemaTooNewException if it has one that this Belay does not ship
   * @throws StoreCorruptException if one failed half-way, or differs from the shipped one
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

  boolean isCurrent(SQLiteConnection connection) throws SQLException {
    return appliedCount(connection) == ShippedMigration.ALL.size();
  }

  /**
   * Requires that the file has Belay's tables as this Belay knows them. Changes nothing.
   *
   * @throws SchemaTooOldException if it does not have them
   */
  void requireCurrent(SQLiteConnection connection) throws SQLException {
    requireAll(appliedCount(connection));
  }

  /** As {@link #requireCurrent}, but a file of a newer Belay may be read. */
  void requireReadable(SQLiteConnection connection) throws SQLException {
    int applied;
    try {
      applied = appliedCount(connection);
    } catch (SchemaTooNewException e) {
      return; // the tables that this Belay reads are likely to exist still
    }
    requireAll(applied);
  }

  private void requireAll(int applied) {
    if (applied < ShippedMigration.ALL.size()) {
      throw tooOld(applied, List.of());
    }
  }

  /**
   * Returns the exception for a file that has {@code applied} of the shipped migrations and lacks
   * {@code others}, which are not Belay's.
   */
  SchemaTooOldException tooOld(int applied, List<String> others) {
    List<String> pending = new ArrayList<>(ShippedMigration.pendingAfter(applied));
    pending.addAll(others);
    String found = applied == 0 ? "0" : ShippedMigration.ALL.get(applied - 1).version();
    return new SchemaTooOldException(file, found, ShippedMigration.newestVersion(), pending);
  }

  /**
   * Runs the migrations that the file does not have, in the transaction that is open on {@code
   * connection}.
   */
  void migrate(SQLiteConnection connection) throws SQLException {
    int applied = appliedCount(connection);
    try (Statement script = connection.createStatement()) {
      script.executeUpdate(CREATE);
      try (PreparedStatement add = connection.prepareStatement(ADD)) {
        for (ShippedMigration next :
            ShippedMigration.ALL.subList(applied, ShippedMigration.ALL.size())) {
          long start = System.nanoTime();
          script.executeUpdate(next.sql());
          add.setString(1, next.version());
          add.setString(2, next.description());
          add.setString(3, next.script());
          add.setInt(4, next.checksum());
          add.setLong(5, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
          add.executeUpdate();
        }
      }
    }
    System.getLogger("dev.belay")
        .log(
            System.Logger.Level.DEBUG,
            "{0}: schema migrated to version {1}",
            file,
            ShippedMigration.newestVersion());
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
        throw corrupt(version, "is recorded in place of version " + shipped.version());
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
