package dev.belay.store;

import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Reports an operating failure of the store, which is not a mistake of the caller. The subclasses
 * are the failures that a caller may want to distinguish. All others (a file that cannot be opened
 * or that was replaced while it was open, a failing disk, a cancelled statement) are a plain {@code
 * StoreException}.
 *
 * <p>A write that throws a {@code StoreException} has written nothing; only after a {@link
 * CommitUnknownException} that is unknown. In a {@link TxRunner#call}, the statements before the
 * one that failed stay committed.
 *
 * <p>It is a subclass of JDBI's exception, so that one {@code catch} covers the statements of Belay
 * and those of the application. Immutable but for its stack trace, safe for use by many threads.
 */
public class StoreException extends JdbiException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the file and the rule, never a payload. */
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns true if nothing was written and the same call may succeed later.
   *
   * <p>False does not mean that something was written. It means one of three things: the same call
   * is not expected to succeed (a damaged file, a closed store), the outcome is unknown ({@link
   * CommitUnknownException}), or statements of a {@link TxRunner#call} stay committed. A {@code
   * call} is retryable only if it failed before its first writing statement had succeeded.
   */
  public boolean isRetryable() {
    return false;
  }
}
