package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.Effort;
import java.nio.file.Path;

/** A queue to be measured. Immutable. */
interface QueuePeer {
  String name();

  /** So many that a run takes seconds; rates are compared, so peers may differ. */
  int items(Effort effort);

  /** Opens a new store in {@code file} and starts the workers. */
  Run start(Path file, Items items) throws Exception;

  /** An open store with its workers. Safe for use by many threads. */
  interface Run {
    /** Returns when the item is durable. */
    void enqueue(int item) throws Exception;

    /** Whether every item's completion is durable; asked when all have been worked on. */
    boolean settled() throws Exception;

    /**
     * Throws if a thread that the harness started has died by now; asked all the while. Workers of
     * a library look after themselves.
     */
    default void check() throws Exception {}

    /** Stops the workers and closes the store. Throws what a worker has thrown. */
    void stop() throws Exception;
  }
}
