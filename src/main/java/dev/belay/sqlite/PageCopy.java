package dev.belay.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * Copies the pages of a store on a file into a draft. Immutable, safe for use by many threads.
 *
 * <p>One read transaction holds the source for the whole copy. Without it SQLite begins from the
 * first page again after every commit of another connection, and never ends beside a writer.
 *
 * @param opener opens the source
 * @param access whether the source may take the right to write
 * @see <a href="https://www.sqlite.org/backup.html">Using the SQLite Online Backup API</a>
 */
record PageCopy(SideConnectionOpener opener, Access access) implements Backup.Copier {
  /** How many pages are copied between two calls of the progress. */
  private static final int STEP_PAGES = 128;

  @Override
  public int copy(SqliteFile draft, BackupRun run) throws SQLException {
    try (SQLiteConnection source = opener.open()) {
      execute(source, "BEGIN");
      int pages = pageCount(source); // the first read takes the snapshot
      source.setBusyTimeout(0);
      Stop stop = new Stop(source, access);
      DB.ProgressObserver observer =
          (remaining, total) -> {
            if (!run.advance(remaining, total)) {
              stop.stop();
            }
          };
      int code = source.getDatabase().backup("main", draft.uri(), observer, 0, 0, STEP_PAGES);
      run.throwIfCancelled();
      if (code != 0) {
        throw DB.newSQLException(code, "copying pages");
      }
      return pages;
    }
  }

  private static int pageCount(SQLiteConnection source) throws SQLException {
    try (Statement statement = source.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA page_count")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void execute(SQLiteConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Ends a copy before its end. Belongs to the thread that copies.
   *
   * <p>The driver has no verb for this, and an exception must not pass through its native code. But
   * SQLite answers BUSY to the next step while the source's own connection is in a write
   * transaction, and then the driver gives up. So that connection takes the right to write until it
   * is closed, a moment later, and writes nothing. If another process has the right, one more step
   * is copied and this is called again. A source that may not write is copied to the end.
   */
  private static final class Stop {
    private final SQLiteConnection source;
    private final Access access;
    private boolean reading = true;

    Stop(SQLiteConnection source, Access access) {
      this.source = source;
      this.access = access;
    }

    void stop() {
      if (!access.writes()) {
        return;
      }
      try {
        if (reading) {
          execute(source, "ROLLBACK");
          reading = false;
        }
        boolean unused = LockWait.succeeds(() -> execute(source, "BEGIN IMMEDIATE"));
      } catch (Throwable e) {
        System.getLogger("dev.belay")
            .log(System.Logger.Level.DEBUG, "a cancelled backup is copied on", e);
      }
    }
  }
}
