package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * A write was tried where only reading is possible: in a {@code read}, in a store opened for
 * reading, or on a file that may no longer be written. Nothing was written.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreReadOnlyException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the file and the rule, never a payload. */
  public StoreReadOnlyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
