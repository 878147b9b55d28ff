package dev.belay.sqlite;

import dev.belay.engine.jdbc.Failures;
import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import dev.belay.store.StoreFullException;
import dev.belay.store.StoreReadOnlyException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/**
 * Distinguishes operating failures from mistakes in SQL, by SQLite's result codes: the driver does
 * not set SQLState. Immutable, safe for use by many threads.
 *
 * @see <a href="https://www.sqlite.org/rescode.html">Result and Error Codes</a>
 */
final class SqliteFailures implements Failures {
  private static final int PERM = 3;
  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int NOMEM = 7;
  private static final int READONLY = 8;
  private static final int INTERRUPT = 9;
  private static final int IOERR = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int CANTOPEN = 14;
  private static final int PROTOCOL = 15;
  private static final int CONSTRAINT = 19;
  private static final int NOLFS = 22;
  private static final int AUTH = 23;
  private static final int NOTADB = 26;

  private final String file;

  SqliteFailures(String file) {
    this.file = file;
  }

  @Override
  public String store() {
    return file;
  }

  @Override
  public @Nullable StoreException translate(SQLException e) {
    return switch (primaryCode(e)) {
      case BUSY ->
          isOwnStatement(e)
              ? null // a conflict with a statement that the same body has left open, as for LOCKED
              : new StoreBusyException(
                  file
                      + ": another process, or a write of this store, held the lock past the busy"
                      + " timeout",
                  e);
      case READONLY -> readOnly(e);
      case FULL -> new StoreFullException(file + ": no room left, nothing was written", e);
      case CORRUPT ->
          new StoreCorruptException(file + ": the database is damaged (" + codeName(e) + ")", e);
      case NOTADB -> new StoreCorruptException(file + ": not a database", e);
      case CANTOPEN -> new StoreException(file + ": cannot be opened (" + codeName(e) + ")", e);
      case PERM, AUTH, NOLFS, PROTOCOL, IOERR, NOMEM, INTERRUPT ->
          new StoreException(file + ": the store failed (" + codeName(e) + ")", e);
      // Also LOCKED: a conflict with a statement that the same body has left open.
      default -> null;
    };
  }

  private StoreException readOnly(SQLException e) {
    String code = codeName(e);
    return switch (code) {
      case "SQLITE_READONLY_CANTINIT", "SQLITE_READONLY_DIRECTORY", "SQLITE_READONLY_RECOVERY" ->
          new StoreException(
              file
                  + ": to read it, its -wal and -shm must be there or its folder be writable ("
                  + code
                  + ")",
              e);
      case "SQLITE_READONLY_ROLLBACK" ->
          new StoreException(
              file
                  + ": a process died while it wrote to it without WAL, and its rollback journal has"
                  + " not been applied; open it for writing once ("
                  + code
                  + ")",
              e);
      case "SQLITE_READONLY_DBMOVED" ->
          new StoreException(file + ": was moved or deleted while it was open (" + code + ")", e);
      default ->
          new StoreReadOnlyException(file + ": writing is not possible here (" + code + ")", e);
    };
  }

  @Override
  public StoreException operating(String doing, SQLException e) {
    StoreException translated = translate(e);
    return translated != null
        ? translated
        : new StoreException(file + ": " + doing + " failed (" + codeName(e) + ")", e);
  }

  @Override
  public boolean isStillRunning(SQLException e) {
    return isBusy(e); // a COMMIT waits for no lock
  }

  /**
   * Returns whether another process or connection has the lock, so that waiting for it can help.
   */
  static boolean isBusy(SQLException e) {
    int code = primaryCode(e);
    return (code == BUSY || code == LOCKED) && !isStaleSnapshot(e);
  }

  /**
   * Returns whether a transaction cannot write because the connection still reads an old snapshot.
   * No other process causes that, and waiting does not end it.
   */
  static boolean isStaleSnapshot(SQLException e) {
    return codeName(e).equals("SQLITE_BUSY_SNAPSHOT");
  }

  /**
   * Returns whether a statement of the same connection is the cause: SQLite answers BUSY for that
   * too.
   */
  private static boolean isOwnStatement(SQLException e) {
    String message = e.getMessage();
    return message != null && message.contains("SQL statements in progress");
  }

  /**
   * Returns whether SQLite may have rolled the transaction back by itself. If the body went on,
   * each of its further statements would commit by itself.
   *
   * @see <a href="https://www.sqlite.org/c3ref/get_autocommit.html">sqlite3_get_autocommit</a>
   */
  @Override
  public boolean mayEndTransaction(SQLException e) {
    return switch (primaryCode(e)) {
      case FULL, IOERR, NOMEM, INTERRUPT, CORRUPT, NOTADB -> true;
      default -> false;
    };
  }

  /**
   * Returns whether a COMMIT that failed with {@code e} is known to have written nothing. After any
   * other failure the commit frame may be in the WAL.
   */
  @Override
  public boolean commitWroteNothing(SQLException e) {
    return switch (primaryCode(e)) {
      case BUSY, LOCKED, FULL, CONSTRAINT -> true;
      default -> false;
    };
  }

  /**
   * Returns the name of the extended result code, the only detail of the failure that a message may
   * contain.
   */
  private static String codeName(SQLException e) {
    SQLiteException coded = coded(e);
    return coded != null
        ? coded.getResultCode().name()
        : e.getClass().getSimpleName() + " " + e.getErrorCode();
  }

  private static int primaryCode(SQLException e) {
    SQLiteException coded = coded(e);
    return coded != null ? coded.getErrorCode() & 0xff : -1;
  }

  /**
   * Returns the exception that has SQLite's code; null if there is none. The failure of a batch
   * only has it as its cause.
   */
  private static @Nullable SQLiteException coded(SQLException e) {
    if (e instanceof SQLiteException coded) {
      return coded;
    }
    return e instanceof BatchUpdateException && e.getCause() instanceof SQLiteException coded
        ? coded
        : null;
  }
}
