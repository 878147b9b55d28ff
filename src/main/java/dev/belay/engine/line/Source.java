package dev.belay.engine.line;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the owner of a connection takes its requests from: the line, or the one request of a caller
 * that serves itself. Safe for use by many threads, but one takes requests at a time.
 */
public interface Source {
  /**
   * Returns the next request that has not been withdrawn, and leaves it in place; null if there is
   * none.
   */
  @Nullable Request<?> peek();

  /** Takes the next request; null if there is none. It may be withdrawn until it is started. */
  @Nullable Request<?> next();

  /**
   * Takes out the requests for which the connection has waited {@code timeoutNanos} since they
   * came.
   *
   * @param waitedNanos how long the connection has waited for other processes so far
   */
  List<Request<?>> takeExpired(long timeoutNanos, long waitedNanos);

  /** The serving thread was found interrupted while it waited for another process. */
  void interrupted();
}
