package dev.belay.store;

import org.jspecify.annotations.Nullable;

/**
 * Reports a commit whose outcome is unknown: the record that makes the commit valid may have
 * reached the WAL although the disk reported a failure. The store continues with another connection
 * and runs no body again. Before a retry, read whether the change is in the store. A {@code
 * SessionCommit} with an operation id needs no such check: it can be sent again unchanged.
 *
 * <p>The caller of every body that shared the commit gets this exception, except the callers of
 * bodies that had ended before the first write of their transaction: their results do not depend on
 * the commit.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class CommitUnknownException extends StoreException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the file and the rule, never a payload. */
  public CommitUnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
