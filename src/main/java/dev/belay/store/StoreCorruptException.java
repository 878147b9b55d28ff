package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * Reports a file that is damaged, is not a database, or contains a value that Belay never writes.
 * The message names the record or page if it is known. Nothing was written.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public class StoreCorruptException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the file and the rule, never a payload. */
  public StoreCorruptException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
