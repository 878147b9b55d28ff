package dev.belay.engine.jdbc;

import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import java.sql.SQLException;
import java.util.function.Predicate;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;

/**
 * Classifies each {@link SQLException} of one database as an operating failure or as a mistake in a
 * statement. Immutable, safe for use by many threads.
 */
public interface Failures {
  /** The number of causes that are searched: a chain of causes may be circular. */
  int CAUSES_MAX = 16;

  /** Returns the name of the store, with which messages begin. */
  String store();

  /** Returns the operating failure as users see it; null if the statement itself is wrong. */
  @Nullable StoreException translate(SQLException e);

  /**
   * As {@link #translate}, for places where no statement of a user can be the cause; never null.
   */
  StoreException operating(String doing, SQLException e);

  /**
   * Returns whether the database may have rolled the transaction back by itself. If the body went
   * on, each of its further statements would commit by itself.
   */
  boolean mayEndTransaction(SQLException e);

  /** Returns whether a COMMIT that failed with {@code e} is known to have written nothing. */
  boolean commitWroteNothing(SQLException e);

  /** Returns whether a COMMIT failed because a statement is still running. */
  boolean isStillRunning(SQLException e);

  /** Returns the exception for a body whose COMMIT failed so that its result is unknown. */
  default CommitUnknownException commitUnknown(@Nullable Throwable failure) {
    String what =
        failure instanceof SQLException sql
            ? operating("COMMIT", sql).getMessage()
            : store() + ": COMMIT failed";
    return new CommitUnknownException(
        what + "; whether the commit lasted is unknown, check before trying again", failure);
  }

  /**
   * Returns the exception for a body that was alone in its transaction when the COMMIT was refused.
   */
  default RuntimeException commitRefused(@Nullable SQLException failure) {
    if (failure == null || isStillRunning(failure)) {
      return new IllegalStateException(
          "COMMIT refused, rolled back: the body left a statement running on the raw connection",
          failure);
    }
    StoreException operating = translate(failure);
    return operating != null
        ? operating
        // a deferred constraint: a mistake in the user's statements, so JDBI's exception
        : new TransactionException("COMMIT refused, rolled back", failure);
  }

  /**
   * Returns the translated operating failure behind an exception of JDBC or JDBI; null if there is
   * none. An exception of the user's own is never translated, whatever its cause, and neither is a
   * failure of another database.
   */
  default @Nullable StoreException translateCause(
      Throwable thrown, Predicate<SQLException> isOurs) {
    if (!(thrown instanceof SQLException || thrown instanceof JdbiException)) {
      return null;
    }
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
      if (cause instanceof StoreException) {
        return null; // it was translated where it happened
      }
      if (cause instanceof SQLException e) {
        return isOurs.test(e) ? translate(e) : null;
      }
    }
    return null;
  }
}
