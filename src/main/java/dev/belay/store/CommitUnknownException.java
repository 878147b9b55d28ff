package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * The commit failed in a way that leaves open whether it lasted: the record that makes it valid may
 * have reached the log although the disk reported a failure. The store goes on with another
 * connection and runs nothing again. Look whether the change is there before trying again; a {@code
 * SessionCommit} with an operation id is safe to send again as it is.
 *
 * <p>Every body that shared the commit gets one, except bodies that had ended before the first
 * write of their transaction: their answers do not depend on it.
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
