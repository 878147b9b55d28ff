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
 * The store's own queries on one connection: the length of the WAL, the free pages, and the foreign
 * keys that the schema defers. Belongs to the thread that owns the connection.
 */
final class ConnectionState {
  /** Counts the objects of the schema with a foreign key that is checked only at COMMIT. */
  private static final String DEFERRED_KEYS =
      "SELECT count(*) FROM sqlite_schema WHERE upper(sql) GLOB '*INITIALLY*DEFERRED*'";

  private final SQLiteConnection connection;
  private final OwnStatement freePages;
  private final OwnStatement walLength;
  private final OwnStatement checkpoint;
  private final OwnStatement schemaVersion;
  private final OwnStatement deferredKeys;
  private long schemaSeen = -1;
  private boolean schemaDefers;

  ConnectionState(SQLiteConnection connection) {
    this.connection = connection;
    this.freePages = new OwnStatement(connection, "PRAGMA freelist_count");
    this.walLength = new OwnStatement(connection, WalLength.ASK);
    this.checkpoint = new OwnStatement(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    this.schemaVersion = new OwnStatement(connection, "PRAGMA schema_version");
    this.deferredKeys = new OwnStatement(connection, DEFERRED_KEYS);
  }

  /**
   * Returns whether the schema, as it is in this transaction, has foreign keys that are checked
   * only at COMMIT. If one of these fails, it is unknown which body of the group caused it.
   *
   * @param schemaTouched whether this transaction may have changed it
   */
  boolean defersForeignKeys(boolean schemaTouched) throws SQLException {
    if (schemaTouched) {
      // A rollback also resets the version, which may later belong to another schema.
      return deferredKeys.use(ConnectionState::number) > 0;
    }
    long version = schemaVersion.use(ConnectionState::number);
    if (version != schemaSeen) {
      schemaDefers = deferredKeys.use(ConnectionState::number) > 0;
      schemaSeen = version;
    }
    return schemaDefers;
  }

  /**
   * Releases up to {@code pagesMax} free pages of the file, inside a body. Returns the number of
   * pages released.
   */
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
    // The driver would step a prepared statement only once, which releases one page.
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

  /** Returns the length of the WAL. Only between transactions. */
  WalLength walLength() throws SQLException {
    return walLength.use(WalLength::of);
  }

  /**
   * Makes a PASSIVE checkpoint: it moves those frames into the database that no reader needs in the
   * WAL.
   */
  void checkpoint() {
    try {
      WalLength unused = checkpoint.use(WalLength::of);
    } catch (SQLException e) {
      // The WAL keeps the frames that were not moved; the next open or checkpoint moves them.
      System.getLogger("dev.belay").log(Level.DEBUG, "checkpoint by the writer", e);
    }
  }
}
