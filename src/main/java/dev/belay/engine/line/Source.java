package dev.belay.engine.line;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The source from which the owner of a connection takes its requests: the line, or the single
 * request of a caller that serves itself. Safe for use by many threads, but only one at a time
 * takes requests.
 */
public interface Source {
  /**
   * Returns the next request that has not been withdrawn, and leaves it in place; null if there is
   * none.
   */
  @Nullable Request<?> peek();

  /**
   * Removes and returns the next request; null if there is none. It can still be withdrawn until it
   * is started.
   */
  @Nullable Request<?> next();

  /** Starts and serves the requests one after another, without those that are withdrawn. */
  default void forEach(Consumer<Request<?>> serve) {
    for (Request<?> next = next(); next != null; next = next()) {
      if (next.start()) {
        serve.accept(next);
      }
    }
  }

  /**
   * Removes and returns the requests since whose arrival the connection has waited for {@code
   * timeoutNanos} or longer.
   *
   * @param waitedNanos the time that the connection has waited for other processes so far
   */
  List<Request<?>> takeExpired(long timeoutNanos, long waitedNanos);

  /** Called when the serving thread was found interrupted while it waited for another process. */
  void interrupted();
}
