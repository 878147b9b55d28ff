package dev.belay.store;

import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * An operating failure of the store: not a mistake of the caller. Its subclasses are the ones that
 * a caller may want to tell apart; the rest (a file that cannot be opened or that was replaced
 * while it was open, a failing disk, a cancelled statement) is a plain {@code StoreException}.
 *
 * <p>A write that throws one has written nothing; only {@link CommitUnknownException} leaves that
 * open. Of a {@link TxRunner#call}, statements before the one that failed have lasted.
 *
 * <p>Part of JDBI's family, so that one {@code catch} covers Belay's statements and the user's.
 * Immutable but for its stack trace, safe for use by many threads.
 */
public class StoreException extends JdbiException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the file and the rule, never a payload. */
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Whether nothing happened and the same call, made again, may succeed.
   *
   * <p>False does not say that something happened: only that the same call is not expected to
   * succeed (a damaged file, a closed store), that the outcome is unknown ({@link
   * CommitUnknownException}), or that statements of a {@link TxRunner#call} have lasted. A call is
   * retryable only if it failed before its first statement that writes had succeeded.
   */
  public boolean isRetryable() {
    return false;
  }
}
