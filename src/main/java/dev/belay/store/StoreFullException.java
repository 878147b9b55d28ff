package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * There was no room left. Nothing of the transaction was written (of a {@link TxRunner#call}:
 * nothing of the statement that failed); a retry is safe, and succeeds once there is room.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreFullException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the file and the rule, never a payload. */
  public StoreFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}
