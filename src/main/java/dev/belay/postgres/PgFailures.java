package dev.belay.postgres;

import dev.belay.engine.jdbc.Failures;
import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.StoreException;
import dev.belay.store.StoreFullException;
import dev.belay.store.StoreReadOnlyException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes operating failures from mistakes in SQL, by SQLState. Messages contain the state
 * alone: those of the server may contain values. Immutable, safe for use by many threads.
 *
 * @param store the name of the store, without its password
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">Error Codes</a>
 */
record PgFailures(String store) implements Failures {
  private static final String DEADLOCK = "40P01";
  private static final String SERIALIZATION = "40001";
  private static final String LOCK_TIMEOUT = "55P03";
  private static final String CANCELLED = "57014";
  private static final String IDLE_TOO_LONG = "25P03";
  private static final String OPEN_TOO_LONG = "25P04";
  private static final String READ_ONLY = "25006";
  private static final String TOO_MANY_CONNECTIONS = "53300";
  private static final String STARTING = "57P03";

  @Override
  public @Nullable StoreException translate(SQLException e) {
    String state = state(e);
    if (isConnectionLost(e)) {
      return state.equals(STARTING)
          ? new StoreBusyException(store + ": the server does not accept connections now", e)
          : new StoreException(store + ": the connection was lost (" + state + ")", e);
    }
    if (state.isEmpty()) { // as from a pool whose connection is closed
      return new StoreException(store + ": the driver failed without a state", e);
    }
    return switch (state) {
      case DEADLOCK, SERIALIZATION ->
          new StoreBusyException(
              store + ": the server ended the transaction for another one (" + state + ")", e);
      case LOCK_TIMEOUT ->
          new StoreBusyException(
              store + ": another transaction held a lock past the busy timeout", e);
      case TOO_MANY_CONNECTIONS ->
          new StoreBusyException(store + ": the server has no connection left", e);
      case READ_ONLY -> new StoreReadOnlyException(store + ": writing is not possible here", e);
      case IDLE_TOO_LONG, OPEN_TOO_LONG ->
          new StoreException(
              store + ": the server ended the transaction, which took too long (" + state + ")", e);
      case CANCELLED -> new StoreException(store + ": the statement was cancelled", e);
      default -> ofClass(state, e);
    };
  }

  private @Nullable StoreException ofClass(String state, SQLException e) {
    if (state.equals("53100")) {
      return new StoreFullException(store + ": no room left, nothing was written", e);
    }
    if (state.equals("XX001") || state.equals("XX002")) {
      return new StoreCorruptException(store + ": the database is damaged (" + state + ")", e);
    }
    return switch (state.substring(0, Math.min(2, state.length()))) {
      case "28" -> new StoreException(store + ": the server refused the user (" + state + ")", e);
      case "53", "58", "XX", "F0" ->
          new StoreException(store + ": the store failed (" + state + ")", e);
      default -> null;
    };
  }

  @Override
  public StoreException operating(String doing, SQLException e) {
    StoreException translated = translate(e);
    return translated != null
        ? translated
        : new StoreException(store + ": " + doing + " failed (" + state(e) + ")", e);
  }

  /** A failed statement ends every transaction; these also undo it at once. */
  @Override
  public boolean mayEndTransaction(SQLException e) {
    return translate(e) != null;
  }

  /** The server answers a COMMIT that it refuses; without an answer the outcome is unknown. */
  @Override
  public boolean commitWroteNothing(SQLException e) {
    return !isConnectionLost(e) && !state(e).isEmpty();
  }

  @Override
  public boolean isStillRunning(SQLException e) {
    return false;
  }

  /**
   * Returns whether the connection cannot be used any more, or could not be had. A pool says so by
   * the type of an exception that has no state; an exception of a body may have none either.
   */
  static boolean isConnectionLost(SQLException e) {
    String state = state(e);
    return state.startsWith("08")
        || state.startsWith("57P")
        || (state.isEmpty()
            && (e instanceof SQLTransientConnectionException
                || e instanceof SQLNonTransientConnectionException
                || e instanceof SQLRecoverableException));
  }

  /** Returns whether the server has no connection left for anyone. */
  static boolean isWithoutConnection(SQLException e) {
    return state(e).equals(TOO_MANY_CONNECTIONS);
  }

  /** Returns whether a failure is the server's choice between transactions that are in the way. */
  static boolean isConflict(@Nullable Throwable failure) {
    SQLException e = sqlException(failure);
    return e != null && (state(e).equals(DEADLOCK) || state(e).equals(SERIALIZATION));
  }

  /** Returns whether a failure is that of a lock that another transaction held too long. */
  static boolean isLocked(@Nullable Throwable failure) {
    SQLException e = sqlException(failure);
    return e != null && state(e).equals(LOCK_TIMEOUT);
  }

  /** Returns whether a failure is that of a connection that was lost. */
  static boolean isLost(@Nullable Throwable failure) {
    SQLException e = sqlException(failure);
    return e != null && isConnectionLost(e);
  }

  private static @Nullable SQLException sqlException(@Nullable Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
      if (cause instanceof SQLException e) {
        return e;
      }
    }
    return null;
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }
}
