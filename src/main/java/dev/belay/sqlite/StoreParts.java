package dev.belay.sqlite;

import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.ConnectionOpener;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.FaultPoints;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * The parts that all connections of one store share. Immutable, safe for use by many threads.
 *
 * @param name the path of the file, or {@code :memory:}
 * @param access whether the store may be written
 * @param hold the hold on the file; null in memory
 * @param faults the points at which a test makes errors happen
 * @param checkpointer makes checkpoints beside the writer; null in memory and in a store opened for
 *     reading
 */
record StoreParts(
    String name,
    Access access,
    @Nullable FileHold hold,
    OpenSettings settings,
    SqliteFailures errors,
    Connections connections,
    Callbacks callbacks,
    ChangeWatch changes,
    @Nullable Checkpointer checkpointer,
    FaultPoints faults) {

  InstantSource clock() {
    return settings.options().clock();
  }

  @Nullable FileIdentity identity() {
    return hold == null ? null : hold.identity();
  }

  /**
   * Returns {@code opener} with a check that the opened file is the store's. SQLite opens a file by
   * its name, which another file may have by now.
   */
  ConnectionOpener onSameFile(ConnectionOpener opener) {
    return () -> {
      BoundConnection opened = opener.open();
      try {
        FileIdentity.require(identity());
        return opened;
      } catch (Throwable e) {
        opened.close();
        throw e;
      }
    };
  }

  /**
   * Opens the connection of a call. It waits for this store's own checkpoints without a timeout.
   */
  BoundConnection openCall() {
    Checkpointer checkpoints = checkpointer;
    return connections.openCall(
        new CallWait(
            settings.busyTimeoutMs(), () -> checkpoints != null && checkpoints.keepsWriters()));
  }

  /** Opens a connection for a check of the file, with what the application's tables need. */
  SQLiteConnection openToCheck() throws SQLException {
    SQLiteConnection opened = connections.openToCopy(Access.READ);
    try {
      FileIdentity.require(identity());
      settings.prepare(opened);
      return opened;
    } catch (Throwable e) {
      opened.close();
      throw e;
    }
  }

  /** Opens a connection for a backup, and reads once on it. */
  SQLiteConnection openToCopy() throws SQLException {
    SQLiteConnection opened = connections.openToCopy(access);
    try (Statement statement = opened.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
      row.next(); // from here on it has the WAL open too
      FileIdentity.require(identity());
      return opened;
    } catch (Throwable e) {
      opened.close();
      throw e;
    }
  }
}
