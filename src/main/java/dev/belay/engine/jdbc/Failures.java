package dev.belay.engine.jdbc;

import dev.belay.store.CommitUnknownException;
import dev.belay.store.StoreException;
import java.sql.SQLException;
import java.util.function.Predicate;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link SQLException} of one database means: an operating failure, or a mistake in a
 * statement. Immutable, safe for use by many threads.
 */
public interface Failures {
  /** A chain of causes may be circular. */
  int CAUSES_MAX = 16;

  /** The name of the store, with which messages begin. */
  String store();

  /** The failure as users see it, or null if the statement itself is to blame. */
  @Nullable StoreException translate(SQLException e);

  /** As {@link #translate}, for places where no statement of a user can be to blame. */
  StoreException operating(String doing, SQLException e);

  /**
   * Whether the database may have rolled the transaction back by itself. Going on would commit the
   * rest statement by statement.
   */
  boolean mayEndTransaction(SQLException e);

  /** Whether a COMMIT that failed so is known to have written nothing. */
  boolean commitWroteNothing(SQLException e);

  /** Whether a statement that is still running keeps the transaction from ending. */
  boolean isStillRunning(SQLException e);

  /** What a body is told whose COMMIT failed in a way that leaves open whether it lasted. */
  default CommitUnknownException commitUnknown(@Nullable Throwable failure) {
    String what =
        failure instanceof SQLException sql
            ? operating("COMMIT", sql).getMessage()
            : store() + ": COMMIT failed";
    return new CommitUnknownException(
        what + "; whether the commit lasted is unknown, look before trying again", failure);
  }

  /** What a body is told that was alone when its COMMIT was refused. */
  default RuntimeException commitRefused(@Nullable SQLException failure) {
    if (failure == null || isStillRunning(failure)) {
      return new IllegalStateException(
          "COMMIT refused, rolled back: the body left a statement running on the raw connection",
          failure);
    }
    StoreException operating = translate(failure);
    return operating != null
        ? operating
        // a deferred constraint: the user's statements are to blame, so it stays JDBI's
        : new TransactionException("COMMIT refused, rolled back", failure);
  }

  /**
   * The operating failure behind what JDBC or JDBI threw, translated, or null. An exception of the
   * user's own is the user's, whatever its cause, and so is a failure of another database.
   */
  default @Nullable StoreException translateCause(
      Throwable thrown, Predicate<SQLException> isOurs) {
    if (!(thrown instanceof SQLException || thrown instanceof JdbiException)) {
      return null;
    }
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
      if (cause instanceof StoreException) {
        return null; // translated where it happened
      }
      if (cause instanceof SQLException e) {
        return isOurs.test(e) ? translate(e) : null;
      }
    }
    return null;
  }
}
