package dev.belay.sqlite;

import dev.belay.store.SchemaTooNewException;
import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Set;
import org.sqlite.SQLiteConnection;

/**
 * Brings a file's schema up to date on open. Belongs to the thread that opens.
 *
 * <p>Flyway takes no lock on SQLite. So its whole run stands inside one transaction of ours, begun
 * with the write lock: of many processes that open one new file exactly one migrates, the others
 * wait for the lock, look again and find it done; and a process that dies half-way leaves nothing.
 */
final class SchemaMigration {
  private final String file;
  private final SqliteErrors errors;
  private final OpenSettings settings;
  private final SchemaHistory history;

  SchemaMigration(String file, SqliteErrors errors, OpenSettings settings) {
    this.file = file;
    this.errors = errors;
    this.settings = settings;
    this.history = new SchemaHistory(file);
  }

  /** Migrates Belay's tables, then the application's. */
  void run(SQLiteConnection connection) throws SQLException {
    if (!isCurrent(connection)) {
      underWriteLock(
          connection,
          () -> {
            if (!isCurrent(connection)) {
              FlywayRun.ofBelay(file).migrate(connection);
            }
          });
    }
    if (!settings.appMigrations().isEmpty()) {
      FlywayRun app = FlywayRun.ofApplication(file, settings.appMigrations());
      if (app.isPending(connection)) {
        underWriteLock(connection, () -> app.migrate(connection));
      }
    }
  }

  /**
   * Checks that this Belay can read the file as it is. A newer schema is let through: what this
   * Belay reads is likely to be there still.
   */
  void requireReadable(SQLiteConnection connection) throws SQLException {
    int applied;
    try {
      applied = history.appliedCount(connection);
    } catch (SchemaTooNewException e) {
      return;
    }
    if (applied < ShippedMigration.ALL.size()) {
      throw new StoreException(
          file
              + (applied == 0 ? ": is no store of Belay" : ": is a store of an older Belay")
              + "; opening it for writing migrates it",
          null);
    }
  }

  private boolean isCurrent(SQLiteConnection connection) throws SQLException {
    return history.appliedCount(connection) == ShippedMigration.ALL.size();
  }

  private interface Step {
    void run() throws SQLException;
  }

  private void underWriteLock(SQLiteConnection connection, Step step) throws SQLException {
    connection.getConnectionConfig().setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      begin(statement);
      boolean done = false;
      try {
        // Foreign keys are not enforced while tables are rebuilt, or dropping one would delete the
        // rows that refer to it; so they are checked before anything lasts. What was broken before
        // is not this migration's doing.
        Set<String> brokenBefore = brokenReferences(statement);
        step.run();
        requireForeignKeys(statement, brokenBefore);
        statement.execute("COMMIT");
        done = true;
      } finally {
        if (!done) {
          rollback(statement);
        }
      }
    } finally {
      connection.getConnectionConfig().setAutoCommit(true);
    }
  }

  private void begin(Statement statement) throws SQLException {
    try {
      statement.execute("BEGIN IMMEDIATE");
    } catch (SQLException e) {
      if (SqliteErrors.isBusy(e)) {
        throw new StoreBusyException(
            file
                + ": another process held the write lock for the whole busy timeout of "
                + settings.busyTimeoutMs()
                + " ms; the schema was not migrated",
            e);
      }
      throw errors.operating("migrating", e);
    }
  }

  private static void rollback(Statement statement) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself; what failed is on its way to the caller
      System.getLogger("dev.belay").log(System.Logger.Level.DEBUG, "ROLLBACK of a migration", e);
    }
  }

  private void requireForeignKeys(Statement statement, Set<String> brokenBefore)
      throws SQLException {
    for (String broken : brokenReferences(statement)) {
      if (!brokenBefore.contains(broken)) {
        throw new StoreCorruptException(
            file + ": after the migration, " + broken + " that does not exist; rolled back", null);
      }
    }
  }

  private static Set<String> brokenReferences(Statement statement) throws SQLException {
    Set<String> broken = new LinkedHashSet<>();
    try (ResultSet row = statement.executeQuery("PRAGMA foreign_key_check")) {
      while (row.next()) {
        broken.add(
            "row "
                + row.getString(2)
                + " of table "
                + row.getString(1)
                + " refers to a row of "
                + row.getString(3));
      }
    }
    return broken;
  }
}
