package dev.belay.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * Copies the pages of a store in a file into a draft. Immutable, safe for use by many threads.
 *
 * <p>One read transaction on the source is open for the whole copy. Without it SQLite would begin
 * with the first page again after every commit of another connection, and would never finish beside
 * a writer.
 *
 * @param opener opens the source
 * @param access whether the source may take the write lock
 * @see <a href="https://www.sqlite.org/backup.html">Using the SQLite Online Backup API</a>
 */
record PageCopy(SideConnectionOpener opener, Access access) implements Backup.Copier {
  /** The number of pages copied between two calls of the progress listener. */
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
   * Stops a copy early. Belongs to the thread that copies.
   *
   * <p>The driver has no method for this, and an exception must not pass through its native code.
   * But while the source's own connection is in a write transaction, SQLite answers BUSY to the
   * next step, and the driver then gives up. So:
   *
   * <ol>
   *   <li>The source's connection takes the write lock and writes nothing. It is closed a moment
   *       later.
   *   <li>If another process has the write lock, one more step is copied and this method is called
   *       again.
   *   <li>A source that may not write is copied to the end.
   * </ol>
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
            .log(System.Logger.Level.DEBUG, "a cancelled backup could not be stopped early", e);
      }
    }
  }
}
