package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * Reports that another process held the store for longer than the busy timeout. Nothing was
 * written; a retry is safe. In a {@link TxRunner#call} this is true only of the statement that
 * failed.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreBusyException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the file and the rule, never a payload. */
  public StoreBusyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}
