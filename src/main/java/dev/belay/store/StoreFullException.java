package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * Reports that there was no free space left for a write. Nothing of the transaction was written (in
 * a {@link TxRunner#call}: nothing of the statement that failed). A retry is safe, and succeeds
 * once there is free space.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreFullException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the file and the rule, never a payload. */
  public StoreFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}
