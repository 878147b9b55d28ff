package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * The commit failed in a way that leaves open whether it lasted. The store has reopened its
 * connection; look whether the change is there before trying again.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class CommitUnknownException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** With a message that names the file and the rule, never a payload. */
  public CommitUnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
