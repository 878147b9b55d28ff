package dev.belay.sqlite;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.line.OwnedConnection;
import dev.belay.engine.line.RequestRunner;
import dev.belay.engine.line.Source;
import dev.belay.store.StoreException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * The hold of one store on its file, from before its first connection is opened until after its
 * last one is closed. Safe for use by many threads.
 *
 * <p>When the last connection to a file is closed, SQLite checkpoints the WAL and deletes {@code
 * -wal} and {@code -shm} by name. The hold decides which connection is the last, by a connection of
 * its own, the guard:
 *
 * <ol>
 *   <li>The guard is opened after the store's first connection. It reads once and then does
 *       nothing.
 *   <li>While the guard is open, no other connection of the store is the last one, so none
 *       checkpoints at its close or deletes a file.
 *   <li>Normally the guard is closed before the writer. The writer is then the last connection and
 *       checkpoints the WAL.
 *   <li>If other files have the names by now, the guard is closed last. It can only read, so SQLite
 *       deletes nothing.
 * </ol>
 */
final class FileHold implements AutoCloseable {
  /**
   * The number of attempts to open a file. A file in a lower layer of a container is copied when it
   * is opened, and then has another key.
   */
  private static final int OPENINGS_MAX = 3;

  private final SqliteFile file;
  private final FileIdentity identity;
  private final OpenFile entry;
  private @Nullable SideConnectionOpener guardOpener;
  private @Nullable SQLiteConnection guard;
  private int holders = 1;
  private boolean closed;

  private FileHold(SqliteFile file, FileIdentity identity, OpenFile entry) {
    this.file = file;
    this.identity = identity;
    this.entry = entry;
  }

  /**
   * Opens a store by {@code opening}; the store closes the hold that it gets. Opens it again if the
   * file was replaced meanwhile.
   */
  static <S extends StoreEngine> S open(
      SqliteFile file, InstantSource clock, Function<FileHold, S> opening) {
    for (int openings = 1; ; openings++) {
      FileIdentity identity = FileIdentity.before(file);
      FileHold hold = new FileHold(file, identity, OpenFile.of(file, identity.key(), clock));
      try {
        S store = opening.apply(hold);
        if (identity.opened() || openings == OPENINGS_MAX) {
          return store;
        }
        store.close();
      } catch (Throwable e) {
        hold.end(); // even if the store was too incomplete to be closed
        throw e;
      }
    }
  }

  FileIdentity identity() {
    return identity;
  }

  /** Sets how the guard is opened; {@code opener} must open it for reading only. */
  void guardWith(SideConnectionOpener opener) {
    guardOpener = opener;
  }

  /**
   * Opens the guard. The store's first connection must have created or migrated the file before.
   */
  void openGuard() {
    SideConnectionOpener opener = guardOpener;
    if (opener == null) {
      throw new IllegalStateException(file + ": nothing opens the guard");
    }
    try {
      SQLiteConnection opened = opener.open();
      synchronized (this) {
        guard = opened; // before anything can fail, so that it is closed
      }
      try (Statement statement = opened.createStatement();
          ResultSet row = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
        row.next();
      }
    } catch (SQLException e) {
      throw new SqliteFailures(file.toString()).operating("opening", e);
    }
  }

  /**
   * Returns {@code runner}, whose connection is on this file, as one more holder. A body that still
   * runs after the store has been closed closes its connection later; the hold ends after that.
   */
  RequestRunner holding(RequestRunner runner, Access access) {
    synchronized (this) {
      holders++;
    }
    return new RequestRunner() {
      private boolean released;

      @Override
      public void serve(Source source) {
        runner.serve(source);
      }

      @Override
      public OwnedConnection current() {
        return runner.current();
      }

      @Override
      public void close() {
        if (access.writes() && !identity.mustKeepWal()) {
          closeGuard();
        }
        runner.close(); // if this fails, the file is still open, and close() may be called again
        if (!released) {
          released = true;
          release();
        }
      }
    };
  }

  /**
   * Notes that the store is closed, except for bodies that still run. Closing again has no effect.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    release();
  }

  private void release() {
    synchronized (this) {
      holders--;
      if (holders > 0) {
        return;
      }
    }
    end();
  }

  private void end() {
    try {
      closeGuard();
    } finally {
      entry.close();
    }
  }

  private void closeGuard() {
    SQLiteConnection closing;
    synchronized (this) {
      closing = guard;
      guard = null;
    }
    if (closing != null) {
      try {
        closing.close();
      } catch (SQLException e) {
        throw new StoreException(file + ": closing failed", e);
      }
    }
  }
}
