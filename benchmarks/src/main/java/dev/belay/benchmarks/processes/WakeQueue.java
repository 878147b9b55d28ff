package dev.belay.benchmarks.processes;

/**
 * A queue as {@link EnqueueTask} and {@link HandleTask} use it, each in a process of its own. Has a
 * constructor without arguments. Belongs to one thread.
 */
public interface WakeQueue extends AutoCloseable {
  /** Told of each item, by any thread. Safe for use by many threads. */
  interface Handler {
    /**
     * Told of an item.
     *
     * @param startedNanos when its handling began, by {@link System#nanoTime}
     */
    void started(String payload, long startedNanos);
  }

  /** Makes the store and returns the text by which each process opens it. */
  String create(String place) throws Exception;

  /** Opens the store. */
  void open(String store) throws Exception;

  /** Returns when the item is durable. */
  void enqueue(String payload) throws Exception;

  /** Handles items until the queue is closed. */
  void handle(Handler handler) throws Exception;

  @Override
  void close();
}
