package dev.belay.benchmarks.queue;

/** A queue whose producers are threads of {@link QueueDrive}. Immutable. */
public interface DrivenQueue<S> extends QueuePeer<S> {
  /** Opens a new store and starts the workers. */
  Run start(S place, Items items) throws Exception;

  @Override
  default Rates run(S place, int count) throws Exception {
    return QueueDrive.run(this, place, count);
  }

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
