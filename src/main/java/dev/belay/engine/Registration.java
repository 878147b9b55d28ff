package dev.belay.engine;

/** A listener that has been registered, until it is closed. Safe for use by many threads. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
  /** Ends the watching; the listener may still be running, or be called once more. */
  @Override
  void close();
}
