package dev.belay.engine.line;

import java.lang.System.Logger.Level;

/** Reports failures for which no caller waits. Stateless, safe for use by many threads. */
public final class Reports {
  private Reports() {}

  /** Runs {@code task}. What it throws is reported and has no other effect. */
  public static void runQuietly(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      report(e);
    }
  }

  /**
   * Reports what a callback or a clean-up threw to the host. Never throws. On a thread of Belay's
   * own the uncaught-exception handler is called; on a caller's thread the failure is logged
   * instead, because some hosts end the process in that handler, and the caller's thread has not
   * died.
   */
  public static void report(Throwable thrown) {
    try {
      Thread thread = Thread.currentThread();
      if (Threads.isOwn(thread)) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        return;
      }
    } catch (Throwable e) {
      // The handler failed, for example because there is no memory. The JVM ignores such a failure
      // too.
      return;
    }
    SafeLog.log(Level.ERROR, "a callback or a clean-up failed", thrown);
  }
}
