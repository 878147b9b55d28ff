package dev.belay.sqlite;

import dev.belay.engine.jdbc.BelayJdbi;
import dev.belay.engine.jdbc.BodyEdge;
import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.line.FaultPoints;
import dev.belay.store.Durability;
import dev.belay.store.StoreException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sqlite.BusyHandler;
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
  private static final int READ_CACHE_KIB = 500;
  private static final long JOURNAL_BYTES_KEPT = 16L << 20;

  private final String name;
  private final String uri;
  private final OpenSettings settings;
  private final SqliteFailures errors;
  private final BelayJdbi jdbi;
  private final FaultPoints faults;
  private final String savepointName;
  private final SchemaHistory history;
  private final Queue<SQLiteConnection> unclosed = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable SchemaMigration> first;

  Connections(
      String name,
      String uri,
      OpenSettings settings,
      SqliteFailures errors,
      BelayJdbi jdbi,
      FaultPoints faults) {
    this.name = name;
    this.uri = uri;
    this.settings = settings;
    this.errors = errors;
    this.jdbi = jdbi;
    this.faults = faults;
    // No body can guess it, so none can end the savepoint that the runner has set around it.
    this.savepointName = "belay_" + Long.toHexString(new SecureRandom().nextLong());
    this.history = new SchemaHistory(name);
    this.first = new AtomicReference<>(new SchemaMigration(name, errors, settings));
  }

  /**
   * The connection that writes. The first one migrates; a later one, in place of one that broke,
   * only makes sure that the schema is still the one that this Belay knows.
   */
  BoundConnection openWriting() {
    SchemaMigration migration = first.getAndSet(null);
    if (migration == null) {
      if (inMemory()) {
        throw new StoreException(name + ": the store ended with its connection", null);
      }
      return open(config(Access.WRITE), this::prepareAgain);
    }
    AtomicBoolean applicationRan = new AtomicBoolean();
    BoundConnection connection =
        open(
            config(Access.WRITE),
            fresh -> {
              requireUtf8(fresh);
              set(fresh);
              applicationRan.set(migration.run(fresh));
              finishWriting(fresh);
            });
    if (applicationRan.get() && !inMemory()) {
      // what the application's scripts have set on their connection must not stay
      connection.close();
      return open(config(Access.WRITE), this::prepareAgain);
    }
    return connection;
  }

  private void prepareAgain(SQLiteConnection connection) throws SQLException {
    history.requireCurrent(connection);
    set(connection);
    finishWriting(connection);
  }

  /**
   * Sets what is Belay's, then what is the application's: its migrations may need its functions and
   * collations. Neither changes the file.
   */
  private void set(SQLiteConnection connection) throws SQLException {
    if (!inMemory()) {
      pragma(connection, "synchronous", synchronous(), synchronous());
      pragma(connection, "journal_size_limit", JOURNAL_BYTES_KEPT, JOURNAL_BYTES_KEPT);
      long frames = WalLimits.DEFAULT.writerPages(WalLength.pageBytes(connection));
      pragma(connection, "wal_autocheckpoint", frames, frames);
    }
    pragma(connection, "temp_store", 2, 2);
    pragma(connection, "secure_delete", 1, 1); // people delete because they must
    settings.prepare(connection);
    pragma(connection, "foreign_keys", 0, 0); // enforced once the schema is up to date
  }

  private void finishWriting(SQLiteConnection connection) throws SQLException {
    if (!inMemory() && !"wal".equals(queryText(connection, "PRAGMA journal_mode"))) {
      new WalSwitch(name, settings.busyTimeoutMs()).run(connection);
    }
    pragma(connection, "foreign_keys", 1, 1);
    connection.setBusyTimeout(0); // from here on we wait in Java: see LockWait
  }

  /** A connection that reads beside the one that writes. */
  BoundConnection openReading() {
    return open(config(Access.READ), settings::prepare);
  }

  /**
   * A connection for one call of a store that writes, whose statements wait as {@code wait} does.
   */
  BoundConnection openCall(CallWait wait) {
    return open(
        config(Access.WRITE),
        connection -> {
          history.requireCurrent(connection);
          pragma(connection, "synchronous", synchronous(), synchronous());
          pragma(connection, "temp_store", 2, 2);
          pragma(connection, "secure_delete", 1, 1);
          settings.prepare(connection);
          pragma(connection, "foreign_keys", 1, 1);
          BusyHandler.setHandler(connection, wait);
        });
  }

  /** The only connection of a store that is opened for reading. */
  BoundConnection openReadOnly() {
    return open(
        config(Access.READ),
        connection -> {
          pragma(connection, "cache_size", -READ_CACHE_KIB, -READ_CACHE_KIB);
          requireUtf8(connection);
          history.requireReadable(connection);
          settings.prepare(connection);
        });
  }

  /** A connection only to ask whether others have committed. */
  SQLiteConnection openToWatch() throws SQLException {
    return new JDBC4Connection("jdbc:sqlite:" + name, uri, config(Access.READ).toProperties());
  }

  /**
   * A connection only to copy the store from. Fails if the file has gone.
   *
   * @param access whether it may take the right to write
   */
  SQLiteConnection openToCopy(Access access) throws SQLException {
    String mode = access.writes() ? "?mode=rw" : "?mode=ro";
    return new JDBC4Connection("jdbc:sqlite:" + name, uri + mode, config(access).toProperties());
  }

  /**
   * A connection only to move the log into the database; with as many syncs as the writer's. Fails
   * if the file has gone.
   */
  SQLiteConnection openToCheckpoint() throws SQLException {
    SQLiteConnection connection =
        new JDBC4Connection(
            "jdbc:sqlite:" + name, uri + "?mode=rw", config(Access.WRITE).toProperties());
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
      closeUnclosed();
      connection = new JDBC4Connection("jdbc:sqlite:" + name, uri, config.toProperties());
      faults.reach(FaultPoints.Point.OPENS);
      preparation.run(connection);
      return new BoundConnection(
          new SqliteConnectionDriver(connection, savepointName),
          jdbi,
          errors,
          faults,
          new BodyEdge(!inMemory()));
    } catch (SQLException e) {
      throw closing(connection, errors.operating("opening", e));
    } catch (RuntimeException e) {
      throw closing(connection, e);
    } catch (Error e) {
      throw closing(connection, e);
    }
  }

  private <X extends Throwable> X closing(@Nullable SQLiteConnection connection, X failure) {
    if (connection != null) {
      unclosed.add(connection);
      try {
        closeUnclosed();
      } catch (SQLException e) {
        failure.addSuppressed(e);
      }
    }
    return failure;
  }

  /** One that was let go before it is closed would hold its locks until the JVM ends. */
  private void closeUnclosed() throws SQLException {
    for (SQLiteConnection next = unclosed.peek(); next != null; next = unclosed.peek()) {
      next.close();
      unclosed.remove(next);
    }
  }

  private SQLiteConfig config(Access access) {
    SQLiteConfig config = new SQLiteConfig();
    // in force before the first statement, so that ordinary contention waits from the start
    config.setBusyTimeout(settings.busyTimeoutMs());
    // off: every insert would run a query for its key
    config.setGetGeneratedKeys(false);
    config.setReadOnly(!access.writes());
    config.setOpenMode(SQLiteOpenMode.OPEN_URI);
    return config;
  }

  /** The limits of the schema are counted in bytes of UTF-8. */
  private void requireUtf8(SQLiteConnection connection) throws SQLException {
    String encoding = queryText(connection, "PRAGMA encoding");
    if (!"UTF-8".equals(encoding)) {
      throw new StoreException(
          name
              + ": its encoding is "
              + encoding
              + ", and Belay works with UTF-8 alone; use a file of its own",
          null);
    }
  }

  private int synchronous() {
    return settings.options().durability() == Durability.POWER_LOSS ? 2 : 1;
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

  static String queryText(SQLiteConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : "";
    }
  }
}
