package dev.belay.engine.line;

/**
 * A connection as the executor sees it that passes it from owner to owner. Belongs to the thread
 * that owns it, except where a method says otherwise.
 */
public interface OwnedConnection {
  /** Whether nothing is left to be closed or cleared. */
  boolean isSettled();

  /** When the body that runs now began, as {@code nanoTime}; 0 if none runs. On any thread. */
  long bodySince();

  /** Ends what an owner has left behind that could not end it, or is gone. */
  void abandon();
}
