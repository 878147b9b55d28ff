package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * Another process held the store past the busy timeout. Nothing happened; a retry is safe. In a
 * {@link TxRunner#call} that holds for the one statement that failed.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreBusyException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the file and the rule, never a payload. */
  public StoreBusyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}
