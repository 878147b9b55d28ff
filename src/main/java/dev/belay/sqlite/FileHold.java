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
 * What one store has to do with its file from before the first connection is opened until after the
 * last is closed. Safe for use by many threads.
 *
 * <p>It has a connection of its own, the guard, which reads once and then does nothing. While the
 * guard is open, no other connection is the last, so none moves the log and deletes it by name. It
 * is closed before the writer, which then does; where the names belong to other files by now, it is
 * closed after all others: it may only read, so that SQLite deletes nothing either.
 */
final class FileHold implements AutoCloseable {
  /** A file of a lower layer of a container is copied when it is opened, and has another key. */
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
   * Has {@code opening} open a store, which then closes the hold it was given; does so again where
   * the file was replaced meanwhile.
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
        hold.end(); // also where the store was not complete enough to be closed
        throw e;
      }
    }
  }

  FileIdentity identity() {
    return identity;
  }

  /** How the guard is to be opened: to read alone. */
  void guardWith(SideConnectionOpener opener) {
    guardOpener = opener;
  }

  /** Opens the guard, after the store's first connection has brought the file into order. */
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
   * As {@code runner}, whose connection is on this file. A body that outlasts the store closes it
   * late, and the hold ends after that.
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
        if (access.writes() && !identity.mustLeaveLog()) {
          closeGuard();
        }
        runner.close(); // if that fails the file is still open, and it may be tried again
        if (!released) {
          released = true;
          release();
        }
      }
    };
  }

  /** The store is closed, but for bodies that outlast it. Doing it again has no effect. */
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
