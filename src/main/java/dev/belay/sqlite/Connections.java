package dev.belay.sqlite;

import dev.belay.store.Durability;
import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreException;
import dev.belay.store.StoreInterruptedException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * Opens and prepares connections to one database. Safe for use by many threads.
 *
 * <p>Every pragma is issued here and read back: the driver's defaults are other ones, and it would
 * issue them in an order of its own.
 */
final class Connections {
  /** Older ones may corrupt a file in WAL mode that two connections write. */
  static final String SQLITE_VERSION_MIN = "3.51.3";

  private static final int WAL_RETRY_MS_MIN = 1;
  private static final int WAL_RETRY_MS_MAX = 50;
  private static final int READ_CACHE_KIB = 500;
  private static final long JOURNAL_BYTES_KEPT = 16L << 20;

  private final String name;
  private final String uri;
  private final OpenSettings settings;
  private final SqliteErrors errors;
  private final BelayJdbi jdbi;
  private final AtomicBoolean memoryOpened = new AtomicBoolean();

  Connections(String name, String uri, OpenSettings settings, SqliteErrors errors, BelayJdbi jdbi) {
    this.name = name;
    this.uri = uri;
    this.settings = settings;
    this.errors = errors;
    this.jdbi = jdbi;
  }

  /** The connection that writes, on a schema that is up to date. */
  BoundConnection openWriting() {
    if (inMemory() && !memoryOpened.compareAndSet(false, true)) {
      throw new StoreException(name + ": the store ended with its connection", null);
    }
    return open(
        config(false),
        connection -> {
          requireVersion(connection);
          if (!inMemory()) {
            if (!"wal".equals(queryText(connection, "PRAGMA journal_mode"))) {
              // the switch changes the file, so it must not come before the refusal of the file
              new SchemaHistory(name).appliedCount(connection);
              switchToWal(connection);
            }
            pragma(connection, "synchronous", synchronous(), synchronous());
            pragma(connection, "journal_size_limit", JOURNAL_BYTES_KEPT, JOURNAL_BYTES_KEPT);
            int frames = LogLimits.DEFAULT.writer();
            pragma(connection, "wal_autocheckpoint", frames, frames);
          }
          pragma(connection, "temp_store", 2, 2);
          new SchemaMigration(name, errors, settings).run(connection);
          pragma(connection, "foreign_keys", 1, 1);
          connection.setBusyTimeout(0); // from here on we wait in Java: see LockWait
        });
  }

  /** A connection that reads beside the one that writes. */
  BoundConnection openReading() {
    return open(config(true), connection -> {});
  }

  /** The only connection of a store that is opened for reading. */
  BoundConnection openReadOnly() {
    return open(
        config(true),
        connection -> {
          requireVersion(connection);
          pragma(connection, "cache_size", -READ_CACHE_KIB, -READ_CACHE_KIB);
          new SchemaMigration(name, errors, settings).requireReadable(connection);
        });
  }

  /** A connection only to ask whether others have committed. */
  SQLiteConnection openToWatch() throws SQLException {
    return new JDBC4Connection("jdbc:sqlite:" + name, uri, config(true).toProperties());
  }

  /**
   * A connection only to copy the store from. Fails if the file has gone.
   *
   * @param writes whether it may take the right to write
   */
  SQLiteConnection openToCopy(boolean writes) throws SQLException {
    String mode = writes ? "?mode=rw" : "?mode=ro";
    return new JDBC4Connection("jdbc:sqlite:" + name, uri + mode, config(!writes).toProperties());
  }

  /**
   * A connection only to move the log into the database; with as many syncs as the writer's. Fails
   * if the file has gone.
   */
  SQLiteConnection openToCheckpoint() throws SQLException {
    SQLiteConnection connection =
        new JDBC4Connection("jdbc:sqlite:" + name, uri + "?mode=rw", config(false).toProperties());
    try {
      pragma(connection, "synchronous", synchronous(), synchronous());
      return connection;
    } catch (SQLException e) {
      throw closing(connection, e);
    } catch (StoreException e) {
      throw closing(connection, e);
    }
  }

  private boolean inMemory() {
    return name.equals(uri);
  }

  private interface Preparation {
    void run(SQLiteConnection connection) throws SQLException;
  }

  private BoundConnection open(SQLiteConfig config, Preparation preparation) {
    SQLiteConnection connection = null;
    try {
      connection = new JDBC4Connection("jdbc:sqlite:" + name, uri, config.toProperties());
      preparation.run(connection);
      return new BoundConnection(connection, jdbi, errors);
    } catch (SQLException e) {
      throw closing(connection, errors.operating("opening", e));
    } catch (RuntimeException e) {
      throw closing(connection, e);
    } catch (Error e) {
      throw closing(connection, e);
    }
  }

  private static <X extends Throwable> X closing(@Nullable SQLiteConnection connection, X failure) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        failure.addSuppressed(e);
      }
    }
    return failure;
  }

  private SQLiteConfig config(boolean readOnly) {
    SQLiteConfig config = new SQLiteConfig();
    // in force before the first statement, so that ordinary contention waits from the start
    config.setBusyTimeout(settings.busyTimeoutMs());
    // off: every insert would run a query for its key
    config.setGetGeneratedKeys(false);
    config.setReadOnly(readOnly);
    config.setOpenMode(SQLiteOpenMode.OPEN_URI);
    return config;
  }

  private void requireVersion(SQLiteConnection connection) throws SQLException {
    String version = connection.libversion();
    if (compareVersions(version, SQLITE_VERSION_MIN) < 0) {
      throw new StoreException(
          "SQLite "
              + version
              + " can corrupt a file that two connections write; "
              + SQLITE_VERSION_MIN
              + " or newer is needed (org.xerial:sqlite-jdbc)",
          null);
    }
  }

  static int compareVersions(String left, String right) {
    return Arrays.compare(numbers(left), numbers(right));
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }

  /*
   * SQLite does not call the busy handler for the switch to WAL: it takes a read lock first and
   * then asks for more, and while someone writes the answer is BUSY at once.
   */
  private void switchToWal(SQLiteConnection connection) throws SQLException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.busyTimeoutMs());
    int pauseMs = WAL_RETRY_MS_MIN;
    while (true) {
      try {
        String mode = queryText(connection, "PRAGMA journal_mode = WAL");
        if (!"wal".equals(mode)) {
          throw new StoreException(
              name + ": journal_mode is '" + mode + "', the file system does not allow WAL", null);
        }
        return;
      } catch (SQLException e) {
        if (!SqliteErrors.isBusy(e)) {
          throw e;
        }
        if (System.nanoTime() - deadline >= 0) {
          throw new StoreBusyException(
              name
                  + ": another process kept the file busy for the whole busy timeout of "
                  + settings.busyTimeoutMs()
                  + " ms; it could not be switched to WAL",
              e);
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMs));
      if (Thread.currentThread().isInterrupted()) {
        throw new StoreInterruptedException(name + ": interrupted while opening", null);
      }
      pauseMs = Math.min(pauseMs * 2, WAL_RETRY_MS_MAX);
    }
  }

  private int synchronous() {
    return settings.durability() == Durability.POWER_LOSS ? 2 : 1;
  }

  private void pragma(SQLiteConnection connection, String pragma, long value, long expected)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA " + pragma + " = " + value);
    }
    String actual = queryText(connection, "PRAGMA " + pragma);
    if (!Long.toString(expected).equals(actual)) {
      throw new StoreException(
          name + ": PRAGMA " + pragma + " is " + actual + " where " + expected + " was set", null);
    }
  }

  private static String queryText(SQLiteConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : "";
    }
  }
}
