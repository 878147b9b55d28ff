package dev.belay.benchmarks.processes;

/**
 * What one process of a measurement does. Has a constructor without arguments. Belongs to the main
 * thread of its process.
 */
interface Task extends AutoCloseable {
  /** Makes everything ready; is not measured. */
  void prepare(Settings settings) throws Exception;

  /**
   * Does the work, from {@code startNanos} on, and says what came of it.
   *
   * @param startNanos when all processes start, by {@link System#nanoTime}
   */
  Report run(long startNanos) throws Exception;

  /** Called when every process of the measurement has made its report, so that none disturbs. */
  @Override
  void close();
}
