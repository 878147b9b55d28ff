package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * Reports a write where only reading is allowed: in a {@code read}, in a store opened for reading,
 * or on a file for which this process no longer has the permission to write. Nothing was written.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreReadOnlyException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the file and the rule, never a payload. */
  public StoreReadOnlyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
