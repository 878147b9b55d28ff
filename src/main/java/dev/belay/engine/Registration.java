package dev.belay.engine;

/**
 * The registration of a listener; closing it removes the listener. Safe for use by many threads.
 */
@FunctionalInterface
public interface Registration extends AutoCloseable {
  /** Removes the listener. It may still be running afterwards, or be called once more. */
  @Override
  void close();
}
