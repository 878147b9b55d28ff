package dev.belay.sqlite;

import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.SqlKind;
import java.lang.System.Logger.Level;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;

/**
 * What the store asks of one connection between bodies: how long the log is, and what the schema
 * defers. Belongs to the thread that owns the connection.
 */
final class ConnectionState {
  /** A foreign key that is checked at COMMIT only, of whatever table. */
  private static final String DEFERRED_KEYS =
      "SELECT count(*) FROM sqlite_schema WHERE upper(sql) GLOB '*INITIALLY*DEFERRED*'";

  private final SQLiteConnection connection;
  private final OwnStatement freePages;
  private final OwnStatement logLength;
  private final OwnStatement checkpoint;
  private final OwnStatement schemaVersion;
  private final OwnStatement deferredKeys;
  private long schemaSeen = -1;
  private boolean schemaDefers;

  ConnectionState(SQLiteConnection connection) {
    this.connection = connection;
    this.freePages = new OwnStatement(connection, "PRAGMA freelist_count");
    this.logLength = new OwnStatement(connection, WalLength.ASK);
    this.checkpoint = new OwnStatement(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    this.schemaVersion = new OwnStatement(connection, "PRAGMA schema_version");
    this.deferredKeys = new OwnStatement(connection, DEFERRED_KEYS);
  }

  /**
   * Whether the schema, as it is in this transaction, has foreign keys that are checked only at
   * COMMIT: then it is unknown which body owes the missing row.
   *
   * @param schemaTouched whether this transaction may have changed it
   */
  boolean defersForeignKeys(boolean schemaTouched) throws SQLException {
    if (schemaTouched) {
      // the version goes back with a rollback, and may then stand for another schema
      return deferredKeys.use(ConnectionState::number) > 0;
    }
    long version = schemaVersion.use(ConnectionState::number);
    if (version != schemaSeen) {
      schemaDefers = deferredKeys.use(ConnectionState::number) > 0;
      schemaSeen = version;
    }
    return schemaDefers;
  }

  /** Gives up to {@code pagesMax} free pages of the file back, in a body; returns how many. */
  static int shrink(BoundConnection bound, int pagesMax) {
    try {
      return SqliteConnectionDriver.of(bound).state().cut(bound, pagesMax);
    } catch (SQLException e) {
      throw bound.errors().operating("giving pages back", e);
    }
  }

  private int cut(BoundConnection bound, int pagesMax) throws SQLException {
    long before = freePages.use(ConnectionState::number);
    if (before == 0) {
      return 0;
    }
    bound.transaction().body().executes(SqlKind.ROWS);
    // a prepared statement would be stepped once, which is one page
    try (Statement statement = connection.createStatement()) {
      int unused = statement.executeUpdate("PRAGMA incremental_vacuum(" + pagesMax + ")");
    }
    return (int) (before - freePages.use(ConnectionState::number));
  }

  private static long number(PreparedStatement asking) throws SQLException {
    try (ResultSet row = asking.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** How long the log is. Only between transactions. */
  WalLength logLength() throws SQLException {
    return logLength.use(WalLength::of);
  }

  /** Copies the WAL into the database, as far as no reader is in the way. */
  void checkpoint() {
    try {
      WalLength unused = checkpoint.use(WalLength::of);
    } catch (SQLException e) {
      // the log keeps what the checkpoint could not move; the next open or checkpoint moves it
      System.getLogger("dev.belay").log(Level.DEBUG, "checkpoint by the writer", e);
    }
  }
}
