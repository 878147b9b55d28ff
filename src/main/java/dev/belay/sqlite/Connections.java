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
 * <p>Every pragma is set here and read back. The driver's own settings are not used: their defaults
 * differ, and the driver would set them in an order of its own.
 */
final class Connections {
  private static final int READ_CACHE_KIB = 500; // KiB of page cache
  private static final long JOURNAL_BYTES_KEPT = 16L << 20; // bytes: 16 MiB

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
    // Random: a body that knew the name could end the savepoint that the runner has set around it.
    this.savepointName = "belay_" + Long.toHexString(new SecureRandom().nextLong());
    this.history = new SchemaHistory(name);
    this.first = new AtomicReference<>(new SchemaMigration(name, errors, settings));
  }

  /**
   * Opens the connection that writes. The first one migrates. A later one, which replaces a
   * connection that failed, only checks that the schema is still the one that this Belay knows.
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
      // settings that the application's migrations have made on this connection must not stay
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
   * Applies Belay's settings, then the application's: its migrations may need its functions and
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
    pragma(connection, "secure_delete", 1, 1); // deleted data may have to be unrecoverable by law
    settings.prepare(connection);
    pragma(connection, "foreign_keys", 0, 0); // enforced once the schema is up to date
  }

  private void finishWriting(SQLiteConnection connection) throws SQLException {
    if (!inMemory() && !"wal".equals(queryText(connection, "PRAGMA journal_mode"))) {
      new WalSwitch(name, settings.busyTimeoutMs()).run(connection);
    }
    pragma(connection, "foreign_keys", 1, 1);
    connection.setBusyTimeout(0); // from here on LockWait waits, in Java
  }

  /** Opens a connection that reads beside the one that writes. */
  BoundConnection openReading() {
    return open(config(Access.READ), settings::prepare);
  }

  /** Opens the connection of one call in a store that writes. Its busy handler is {@code wait}. */
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

  /** Opens a connection of a store that is opened for reading. */
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

  /** Opens a connection that only asks whether other connections have committed. */
  SQLiteConnection openToWatch() throws SQLException {
    return new JDBC4Connection("jdbc:sqlite:" + name, uri, config(Access.READ).toProperties());
  }

  /**
   * Opens a connection from which the store is only copied. Fails if the file no longer exists.
   *
   * @param access whether it may take the write lock
   */
  SQLiteConnection openToCopy(Access access) throws SQLException {
    String mode = access.writes() ? "?mode=rw" : "?mode=ro";
    return new JDBC4Connection("jdbc:sqlite:" + name, uri + mode, config(access).toProperties());
  }

  /**
   * Opens a connection that only makes checkpoints, with the {@code synchronous} setting of the
   * writer. Fails if the file no longer exists.
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

  /**
   * Closes connections that could not be closed before. A connection that is dropped without being
   * closed would hold its locks until the JVM ends.
   */
  private void closeUnclosed() throws SQLException {
    for (SQLiteConnection next = unclosed.peek(); next != null; next = unclosed.peek()) {
      next.close();
      unclosed.remove(next);
    }
  }

  private SQLiteConfig config(Access access) {
    SQLiteConfig config = new SQLiteConfig();
    // In force before the first statement, so that ordinary contention waits from the start.
    config.setBusyTimeout(settings.busyTimeoutMs());
    // Off: otherwise every insert would run a query for its key.
    config.setGetGeneratedKeys(false);
    config.setReadOnly(!access.writes());
    config.setOpenMode(SQLiteOpenMode.OPEN_URI);
    return config;
  }

  /** Requires UTF-8: the limits in the schema count bytes of UTF-8. */
  private void requireUtf8(SQLiteConnection connection) throws SQLException {
    String encoding = queryText(connection, "PRAGMA encoding");
    if (!"UTF-8".equals(encoding)) {
      throw new StoreException(
          name
              + ": its encoding is "
              + encoding
              + ", but Belay needs UTF-8; give Belay a file of its own",
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
