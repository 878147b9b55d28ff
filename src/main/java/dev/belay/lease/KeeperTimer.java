package dev.belay.lease;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/**
 * The thread that runs all keepers, and its clock. Safe for use by many threads.
 *
 * <p>A task that runs here must not block and must not call code of the application, because a
 * keeper whose task runs late would lose its lease.
 */
interface KeeperTimer extends Executor {
  /** Returns the time as {@link System#nanoTime} does. */
  long nanoTime();

  /** Runs {@code task} after {@code delayNanos}, or immediately if that is not positive. */
  Future<?> schedule(Runnable task, long delayNanos);
}
