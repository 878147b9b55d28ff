package dev.belay.engine.line;

/**
 * Runs requests on one connection. Belongs to the thread that owns the connection; the executor
 * passes it from thread to thread.
 */
public interface RequestRunner {
  /** Runs every request of {@code source}. */
  void serve(Source source);

  /** Returns the connection. */
  OwnedConnection current();

  /** Closes the connection. Called on the thread that owned it last. */
  void close();
}
