package dev.belay.benchmarks.queue;

import java.nio.file.Path;
import java.util.function.LongConsumer;

/** A queue with one sleeping worker. Immutable. */
interface WakePeer {
  String name();

  /**
   * Opens a new store in {@code file} and starts the worker, which tells {@code started} the {@code
   * System.nanoTime()} at which it begins an item.
   */
  Sleeper start(Path file, LongConsumer started) throws Exception;

  /** The open store. Belongs to one thread. */
  interface Sleeper {
    void enqueue(int item) throws Exception;

    void stop() throws Exception;
  }
}
