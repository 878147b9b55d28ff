package dev.belay.engine.line;

/**
 * A connection as its executor sees it. The executor passes it from one owner to the next. Belongs
 * to the thread that owns it, except where a method says otherwise.
 */
public interface OwnedConnection {
  /** Returns whether nothing remains to be closed or cleared. */
  boolean isSettled();

  /**
   * Returns the {@code nanoTime} at which the running body began; 0 if no body runs. Any thread may
   * call this.
   */
  long bodySince();

  /**
   * Ends everything that an owner left on the connection, because it could not end it or no longer
   * exists.
   */
  void abandon();
}
