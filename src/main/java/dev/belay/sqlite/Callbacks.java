package dev.belay.sqlite;

import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Provisional. Safe for use by many threads. */
final class Callbacks implements Executor {
  private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);
  private final Phaser open = new Phaser(1);
  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> Threads.daemon("belay-callback", task));

  @Override
  public void execute(Runnable callback) {
    open.register();
    pool.execute(
        () -> {
          inside.set(true);
          try {
            runQuietly(callback);
          } finally {
            int unused = open.arriveAndDeregister();
          }
        });
  }

  boolean isCallbackThread() {
    return inside.get();
  }

  boolean awaitQuiet(long deadline) {
    while (open.getRegisteredParties() > 1 && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    return open.getRegisteredParties() <= 1;
  }

  void retire() {
    pool.shutdown();
  }

  static void runQuietly(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      report(e);
    }
  }

  static void report(Throwable thrown) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    } catch (Throwable e) {
      // provisional
    }
  }
}
