package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * The store was closed before the body started. The body has done nothing. A closed store stays
 * closed: open another to try again.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreClosedException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the file and the rule, never a payload. */
  public StoreClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
