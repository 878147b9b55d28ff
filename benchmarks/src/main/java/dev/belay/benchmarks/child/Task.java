package dev.belay.benchmarks.child;

import java.sql.SQLException;

/**
 * What one process of a measurement does. Has a constructor without arguments. Belongs to the main
 * thread of its process.
 */
public interface Task extends AutoCloseable {
  /** Makes everything ready; is not measured. */
  default void prepare(Values settings) throws Exception {}

  /**
   * Does the work, from {@code startNanos} on, and says what came of it.
   *
   * @param startNanos when all processes start, by {@link System#nanoTime}
   */
  Values run(Values settings, long startNanos) throws Exception;

  /**
   * Called when every process of the measurement has made its report, so that none disturbs; not if
   * {@link #prepare} failed.
   */
  @Override
  default void close() throws SQLException {}
}
