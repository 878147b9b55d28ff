package dev.belay.engine;

import dev.belay.store.StoreCorruptException;

/**
 * Thrown if rows changed between two statements of one verb. With one writer at a time that means
 * that the store is corrupt. With several, another transaction was quicker, and the body runs
 * again. Immutable but for its stack trace, safe for use by many threads.
 */
public final class ChangedMeanwhileException extends StoreCorruptException {
  private static final long serialVersionUID = 1L;

  public ChangedMeanwhileException(String message) {
    super(message, null);
  }
}
