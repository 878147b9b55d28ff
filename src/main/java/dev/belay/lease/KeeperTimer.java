package dev.belay.lease;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/**
 * The one thread of the keepers, and the time it goes by. Safe for use by many threads.
 *
 * <p>What runs here never blocks and is no code of a user's: a keeper that came late would lose its
 * lease.
 */
interface KeeperTimer extends Executor {
  /** As {@link System#nanoTime}. */
  long nanoTime();

  /** Runs {@code task} once {@code delayNanos} have passed, at once if that is not positive. */
  Future<?> schedule(Runnable task, long delayNanos);
}
