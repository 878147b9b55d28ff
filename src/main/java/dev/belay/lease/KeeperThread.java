package dev.belay.lease;

import dev.belay.engine.StoreEngine;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The {@code belay-keeper} thread: a daemon thread that starts with the first keeper and ends
 * {@value #IDLE_SECONDS} s after the last keeper ended. Safe for use by many threads.
 */
final class KeeperThread implements KeeperTimer {
  private static final long IDLE_SECONDS = 1;

  // A scheduled task keeps the thread alive, and every keeper has one while it holds its lease.
  private final ScheduledThreadPoolExecutor executor;

  KeeperThread(StoreEngine engine) {
    executor = new ScheduledThreadPoolExecutor(1, work -> engine.daemon("belay-keeper", work));
    executor.setRemoveOnCancelPolicy(true);
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Future<?> schedule(Runnable task, long delayNanos) {
    return executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void execute(Runnable task) {
    executor.execute(task);
  }
}
