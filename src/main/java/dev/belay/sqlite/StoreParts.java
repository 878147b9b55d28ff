package dev.belay.sqlite;

import dev.belay.engine.jdbc.BoundConnection;
import dev.belay.engine.jdbc.ConnectionOpener;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.FaultPoints;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * What all connections of one store share. Immutable, safe for use by many threads.
 *
 * @param name the file, or what stands for it in memory
 * @param access whether the store may be written
 * @param hold on the file; null in memory
 * @param faults where a test lets errors strike
 * @param checkpointer beside the writer; null in memory and in a store opened for reading
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

  @Nullable FileIdentity identity() {
    return hold == null ? null : hold.identity();
  }

  /** As {@code opener}, which opens what has the name: it fails if that is another file by now. */
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

  /** A connection for a call, which waits for this store's own checkpoints without a bound. */
  BoundConnection openCall() {
    Checkpointer checkpoints = checkpointer;
    return connections.openCall(
        new CallWait(
            settings.busyTimeoutMs(), () -> checkpoints != null && checkpoints.keepsWriters()));
  }

  /** A connection for a backup, which has read once. */
  SQLiteConnection openToCopy() throws SQLException {
    SQLiteConnection opened = connections.openToCopy(access);
    try (Statement statement = opened.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
      row.next(); // now it has its log too
      FileIdentity.require(identity());
      return opened;
    } catch (Throwable e) {
      opened.close();
      throw e;
    }
  }
}
