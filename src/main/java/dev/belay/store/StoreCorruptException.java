package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * The file is damaged, is no database, or holds a value that Belay never writes. The message names
 * the record or page where it is known. Nothing was written.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class StoreCorruptException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the file and the rule, never a payload. */
  public StoreCorruptException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
