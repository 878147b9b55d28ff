package dev.belay.benchmarks.peer;

/** Where one measurement keeps its store: it is there for it alone, and gone when it is closed. */
public interface Place extends AutoCloseable {
  /** Deletes it with all that is in it; no connection may be open any more. */
  @Override
  void close();
}
