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
 * Tells operating failures from mistakes in SQL, by SQLite's result codes: the driver leaves
 * SQLState null. Immutable, safe for use by many threads.
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
              ? null // a statement that the same body has left open, as for LOCKED
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
      // LOCKED too: it is a conflict with a statement that the same body has left open
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
                  + ": a process died while it wrote to it without WAL, and no process has rolled that"
                  + " back; open it for writing once ("
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

  /** Whether a lock is in others' hands, so that waiting for it makes sense. */
  static boolean isBusy(SQLException e) {
    int code = primaryCode(e);
    return (code == BUSY || code == LOCKED) && !isStaleSnapshot(e);
  }

  /**
   * Whether a transaction cannot write because the connection still reads an old state. No other
   * process can cause that, and no waiting ends it.
   */
  static boolean isStaleSnapshot(SQLException e) {
    return codeName(e).equals("SQLITE_BUSY_SNAPSHOT");
  }

  /** SQLite says BUSY also where a statement of the same connection is in the way. */
  private static boolean isOwnStatement(SQLException e) {
    String message = e.getMessage();
    return message != null && message.contains("SQL statements in progress");
  }

  /**
   * Whether SQLite may have rolled the transaction back by itself. Going on would commit the rest
   * statement by statement.
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
   * Whether a COMMIT that failed so is known to have written nothing. After any other failure the
   * frame that commits may be in the log all the same.
   */
  @Override
  public boolean commitWroteNothing(SQLException e) {
    return switch (primaryCode(e)) {
      case BUSY, LOCKED, FULL, CONSTRAINT -> true;
      default -> false;
    };
  }

  /** The name of the extended code, which is all that a message may tell of the failure. */
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

  /** The failure that has SQLite's code: that of a batch only names it as its cause. */
  private static @Nullable SQLiteException coded(SQLException e) {
    if (e instanceof SQLiteException coded) {
      return coded;
    }
    return e instanceof BatchUpdateException && e.getCause() instanceof SQLiteException coded
        ? coded
        : null;
  }
}
