package dev.belay.cli;

import dev.belay.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * SQLite's exclusive lock on a file: while it is held, no other connection of any process can read
 * or write the file, and none that has read it is open. The only class here that knows SQLite.
 * Belongs to one thread.
 *
 * <p>A connection that has read a file in WAL mode holds a shared lock on it until it is closed,
 * also when it is idle. With {@code locking_mode = EXCLUSIVE} SQLite opens a WAL only if it gets
 * the exclusive lock, so any such connection refuses it, in whatever process. In WAL mode without
 * that setting {@code BEGIN EXCLUSIVE} keeps out only other writers.
 */
final class StoreLock implements AutoCloseable {
  /** What SQLite keeps beside a file. */
  static final List<String> SIDECARS = List.of("-wal", "-shm", "-journal");

  private final Path file;
  private final Connection connection;

  private StoreLock(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  static Path beside(Path file, String sidecar) {
    return file.resolveSibling(file.getFileName() + sidecar);
  }

  /** Takes the lock at once, or refuses. */
  static StoreLock take(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(0);
    config.setOpenMode(SQLiteOpenMode.READWRITE);
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    Connection connection = null;
    try {
      connection =
          new JDBC4Connection(
              "jdbc:sqlite:" + file,
              "file:" + file.toUri().getRawPath() + "?mode=rw",
              config.toProperties());
      StoreLock lock = new StoreLock(file, connection);
      lock.execute("PRAGMA locking_mode = EXCLUSIVE");
      lock.execute("BEGIN EXCLUSIVE");
      return lock;
    } catch (SQLException e) {
      RuntimeException failure = failure(file, e);
      closeAfter(failure, connection);
      throw failure;
    }
  }

  private static void closeAfter(RuntimeException failure, Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Writes the WAL into the file and switches to a rollback journal, so that nothing beside the
   * file belongs to it, and closing this lock deletes nothing that a later opener has made.
   *
   * <p>Between the two transactions another process can get in. Then the second one is refused, or
   * finds a WAL.
   */
  void makeOneFile() throws IOException {
    // An index without its WAL stops the next opener of the store; a WAL without its index does
    // not.
    Files.deleteIfExists(beside(file, "-shm"));
    try {
      execute("COMMIT");
      requireRollbackJournal("PRAGMA journal_mode = DELETE");
      execute("PRAGMA locking_mode = NORMAL");
      execute("BEGIN EXCLUSIVE");
      requireRollbackJournal("PRAGMA journal_mode");
    } catch (SQLException e) {
      throw failure(file, e);
    }
    if (Files.exists(beside(file, "-wal"))) {
      throw open(file);
    }
  }

  private void requireRollbackJournal(String pragma) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet mode = statement.executeQuery(pragma)) {
      if (!mode.next() || !mode.getString(1).equals("delete")) {
        throw open(file);
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(sql);
    }
  }

  private static Refused open(Path file) {
    return new Refused(file + " is open in another process: stop it first");
  }

  private static RuntimeException failure(Path file, SQLException e) {
    int code = e.getErrorCode() & 0xff;
    if (code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code) {
      return open(file);
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return new Refused(
          file
              + " is damaged or no database, and its last commits may be in its -wal: move it and"
              + " its -wal away, then restore");
    }
    return new StoreException(file + ": cannot be locked", e);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(file, e);
    }
  }
}
