package dev.belay.sqlite;

import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * Brings a file's schema up to date when a store opens: Belay's tables, then those of the
 * application and of the libraries that bring some. Belongs to the thread that opens.
 *
 * <p>What can refuse is asked first and changes nothing. Then all that is pending stands in one
 * transaction, begun with the write lock, in whatever journal mode the file has: of many processes
 * that open one new file exactly one migrates, the others wait for the lock, look again and find it
 * done; a process that dies half-way, and a migration that fails, leave the file as it was.
 */
final class SchemaMigration {
  private final String file;
  private final SqliteFailures errors;
  private final OpenSettings settings;
  private final SchemaHistory history;
  private final @Nullable ClassLoader loader;

  /** The application's class path migrations are those of the current thread's context loader. */
  SchemaMigration(String file, SqliteFailures errors, OpenSettings settings) {
    this.file = file;
    this.errors = errors;
    this.settings = settings;
    this.history = new SchemaHistory(file);
    this.loader = Thread.currentThread().getContextClassLoader();
  }

  /** Asks of what the application brings what can be asked without the file. */
  static void requireUsable(String file, OpenSettings settings) {
    new SchemaMigration(file, new SqliteFailures(file), settings).requireUsable();
  }

  private void requireUsable() {
    try (SQLiteConnection memory =
        new JDBC4Connection("jdbc:sqlite:" + file, ":memory:", new Properties())) {
      settings.prepare(memory);
      List<FlywayRun> unused = pendingOn(memory);
    } catch (SQLException e) {
      throw errors.operating("opening", e);
    }
  }

  /**
   * Migrates what is pending; true if migrations of the application ran.
   *
   * @throws StoreException if that is refused or fails; then the file is as it was
   */
  boolean run(SQLiteConnection connection) throws SQLException {
    boolean current = history.isCurrent(connection);
    List<FlywayRun> pending = pendingOn(connection);
    if (current && pending.isEmpty()) {
      return false;
    }
    underWriteLock(
        connection,
        !pending.isEmpty(),
        () -> {
          if (!history.isCurrent(connection)) {
            history.migrate(connection);
          }
          for (FlywayRun run : pending) {
            run.migrate(connection);
            history.requireCurrent(connection);
          }
        });
    return !pending.isEmpty();
  }

  private List<FlywayRun> pendingOn(SQLiteConnection connection) {
    List<FlywayRun> pending = new ArrayList<>();
    for (Map.Entry<String, List<String>> named : settings.options().migrations().entrySet()) {
      FlywayRun run = new FlywayRun(file, named.getKey(), named.getValue(), loader);
      if (run.isPending(connection)) {
        pending.add(run);
      }
    }
    return pending;
  }

  private interface Step {
    void run() throws SQLException;
  }

  private void underWriteLock(SQLiteConnection connection, boolean ofOthers, Step step)
      throws SQLException {
    boolean empty = "0".equals(Connections.queryText(connection, "PRAGMA page_count"));
    connection.getConnectionConfig().setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      begin(statement, empty);
      boolean done = false;
      try {
        // Foreign keys are not enforced while tables are rebuilt, or dropping one would delete the
        // rows that refer to it; so they are checked before anything lasts.
        ForeignKeys before = ofOthers ? ForeignKeys.of(statement) : null;
        step.run();
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

  private void begin(Statement statement, boolean empty) throws SQLException {
    try {
      if (empty) {
        // Only a file without a page can still be made one that gives pages back. The pragma takes
        // the write lock, inside the transaction; with IMMEDIATE it would come too late. If another
        // process was quicker it changes nothing.
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
      // SQLite has rolled back by itself; what failed is on its way to the caller
      System.getLogger("dev.belay").log(System.Logger.Level.DEBUG, "ROLLBACK of a migration", e);
    }
  }
}
