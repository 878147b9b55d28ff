package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * Reports that the store was closed before the body started. The body did not run. A closed store
 * stays closed: to retry, open the file again.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreClosedException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the file and the rule, never a payload. */
  public StoreClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
