package dev.belay.lease;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The {@code belay-keeper} thread. A daemon, started for the first keeper, gone a while after the
 * last. Safe for use by many threads.
 */
final class KeeperThread implements KeeperTimer {
  private static final long IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(1, KeeperThread::daemon);

  KeeperThread() {
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

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "belay-keeper");
    thread.setDaemon(true);
    return thread;
  }
}
