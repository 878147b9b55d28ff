package dev.belay.sqlite;

import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * Migrates a file's schema when a store opens: first Belay's tables, then those of the application
 * and of libraries that have their own. Belongs to the thread that opens the store.
 *
 * <ol>
 *   <li>Every check that can refuse a migration runs first. The checks change nothing.
 *   <li>All pending migrations run in one transaction that takes the write lock at its begin, in
 *       the journal mode that the file has.
 *   <li>If many processes open one new file, exactly one migrates. The others wait for the lock,
 *       check again and find nothing pending.
 *   <li>A process that dies half-way, or a migration that fails, leaves the file as it was.
 * </ol>
 */
final class SchemaMigration {
  private final String file;
  private final SqliteFailures errors;
  private final OpenSettings settings;
  private final SchemaHistory history;
  private final @Nullable ClassLoader loader;

  /** Takes the application's migrations from the context class loader of the current thread. */
  SchemaMigration(String file, SqliteFailures errors, OpenSettings settings) {
    this.file = file;
    this.errors = errors;
    this.settings = settings;
    this.history = new SchemaHistory(file);
    this.loader = Thread.currentThread().getContextClassLoader();
  }

  /**
   * Checks, for a file that does not exist, the parts that the application provides as far as that
   * is possible, and whether the file may be migrated.
   */
  static void requireUsable(String file, OpenSettings settings) {
    new SchemaMigration(file, new SqliteFailures(file), settings).requireUsable();
  }

  private void requireUsable() {
    try (SQLiteConnection memory =
        new JDBC4Connection("jdbc:sqlite:" + file, ":memory:", new Properties())) {
      settings.prepare(memory);
      Map<FlywayRun, List<String>> pending = pendingOn(memory);
      if (isRefused()) {
        throw history.tooOld(0, scripts(pending));
      }
    } catch (SQLException e) {
      throw errors.operating("opening", e);
    }
  }

  /**
   * Runs the pending migrations. Returns true if migrations of the application ran.
   *
   * @throws StoreException if a migration is refused or fails; then the file is as it was
   */
  boolean run(SQLiteConnection connection) throws SQLException {
    int applied = history.appliedCount(connection);
    Map<FlywayRun, List<String>> pending = pendingOn(connection);
    if (applied == ShippedMigration.ALL.size() && pending.isEmpty()) {
      return false;
    }
    if (isRefused()) {
      throw history.tooOld(applied, scripts(pending));
    }
    underWriteLock(connection, List.copyOf(pending.keySet()));
    return !pending.isEmpty();
  }

  private boolean isRefused() {
    return !settings.options().migrates() && !file.equals(SqliteStore.MEMORY);
  }

  private static List<String> scripts(Map<FlywayRun, List<String>> pending) {
    return pending.values().stream().flatMap(List::stream).toList();
  }

  /** Returns the runs with anything to do, in their order, each with its pending scripts. */
  private Map<FlywayRun, List<String>> pendingOn(SQLiteConnection connection) {
    Map<FlywayRun, List<String>> pending = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> named : settings.options().migrations().entrySet()) {
      FlywayRun run = new FlywayRun(file, named.getKey(), named.getValue(), loader);
      List<String> scripts = run.pending(connection);
      if (!scripts.isEmpty()) {
        pending.put(run, scripts);
      }
    }
    return pending;
  }

  private void underWriteLock(SQLiteConnection connection, List<FlywayRun> pending)
      throws SQLException {
    boolean empty = "0".equals(Connections.queryText(connection, "PRAGMA page_count"));
    connection.getConnectionConfig().setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      begin(statement, empty);
      boolean done = false;
      try {
        // Foreign keys are not enforced while tables are rebuilt: dropping a table would delete the
        // rows that refer to it. So they are checked before the commit.
        ForeignKeys before = pending.isEmpty() ? null : ForeignKeys.of(statement);
        migrate(connection, pending);
        ForeignKeys.requireWhole(statement, file, before);
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

  private void migrate(SQLiteConnection connection, List<FlywayRun> pending) throws SQLException {
    if (!history.isCurrent(connection)) {
      history.migrate(connection);
    }
    for (FlywayRun run : pending) {
      run.migrate(connection);
      history.requireCurrent(connection);
    }
  }

  private void begin(Statement statement, boolean empty) throws SQLException {
    try {
      if (empty) {
        // auto_vacuum can be set only while the file has no page. The pragma takes the write lock,
        // inside the transaction; after BEGIN IMMEDIATE it would be too late. If another process
        // was quicker, it changes nothing.
        statement.execute("BEGIN");
        statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
      } else {
        statement.execute("BEGIN IMMEDIATE");
      }
    } catch (SQLException e) {
      if (SqliteFailures.isBusy(e)) {
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
      // SQLite has rolled back by itself; the caller gets the first failure.
      System.getLogger("dev.belay").log(System.Logger.Level.DEBUG, "ROLLBACK of a migration", e);
    }
  }
}
