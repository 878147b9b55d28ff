package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * Reports that the caller's thread was interrupted before its body started. The body did not run; a
 * retry is safe. The thread's interrupt flag is set.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreInterruptedException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the file and the rule, never a payload. */
  public StoreInterruptedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}
