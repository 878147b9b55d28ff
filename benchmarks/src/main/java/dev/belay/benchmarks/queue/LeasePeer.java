package dev.belay.benchmarks.queue;

/**
 * Leases to be measured. Immutable.
 *
 * @param <S> the place of their store, which is new for each run
 */
public interface LeasePeer<S> {
  /** As in the table. */
  String name();

  /** Opens a new store. */
  Store open(S place) throws Exception;

  /** An open store. Safe for use by many threads. */
  interface Store {
    /** Acquires a free name; durable when it returns, as what is done with it. */
    Held acquire(String name) throws Exception;

    /** Closes it. */
    void close() throws Exception;
  }

  /** A lease that is held. Belongs to one thread. */
  interface Held {
    /** Renews it. */
    void renew() throws Exception;

    /** Releases it, renewed or not. */
    void release() throws Exception;
  }
}
