package dev.belay.lease;

import dev.belay.engine.StoreEngine;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The {@code belay-keeper} thread. A daemon, started for the first keeper, gone a while after the
 * last. Safe for use by many threads.
 */
final class KeeperThread implements KeeperTimer {
  private static final long IDLE_SECONDS = 10;

  /* The thread stays for as long as a keeper has a time to wake at, which each has while it holds. */
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
