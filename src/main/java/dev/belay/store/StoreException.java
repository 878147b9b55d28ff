package dev.belay.store;

import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * An operating failure of the store: the world's fault, not the caller's. Its subclasses are the
 * ones that a caller may want to tell apart; the rest (a file that cannot be opened, a failing
 * disk) is a plain {@code StoreException}.
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

  /** Whether nothing happened and the same call, made again, may succeed. */
  public boolean isRetryable() {
    return false;
  }
}
