package dev.belay.benchmarks.queue;

import java.sql.SQLException;

/**
 * Opens the connections that a peer uses. Safe for use by many threads.
 *
 * @param <S> the place of its store
 */
public interface PoolOf<S> {
  /** A new pool. */
  ConnectionPool open(S place) throws SQLException;
}
