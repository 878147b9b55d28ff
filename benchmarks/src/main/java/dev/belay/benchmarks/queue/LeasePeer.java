package dev.belay.benchmarks.queue;

import java.nio.file.Path;

/** Leases to be measured. Immutable. */
interface LeasePeer {
  String name();

  /** Opens a new store in {@code file}. */
  Store open(Path file) throws Exception;

  /** An open store. Safe for use by many threads. */
  interface Store {
    /** Acquires a free name, each of the two durable when it returns, and releases it. */
    void acquireAndRelease(String name) throws Exception;

    void close() throws Exception;
  }
}
