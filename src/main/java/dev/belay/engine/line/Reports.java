package dev.belay.engine.line;

import java.lang.System.Logger.Level;

/** Reports failures for which no caller waits. Stateless, safe for use by many threads. */
public final class Reports {
  private Reports() {}

  /** Runs {@code task}; what it throws is reported, and changes nothing. */
  public static void runQuietly(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      report(e);
    }
  }

  /**
   * Hands what a callback or a cleanup threw to where the host looks for such things; never throws.
   * The uncaught-exception handler is called on threads of Belay's own only: hosts end the process
   * there, and a caller's thread lives on.
   */
  public static void report(Throwable thrown) {
    try {
      Thread thread = Thread.currentThread();
      if (Threads.isOwn(thread)) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        return;
      }
    } catch (Throwable e) {
      // The handler failed, as it may without memory; the JVM ignores that too.
      return;
    }
    SafeLog.log(Level.ERROR, "a callback or a cleanup failed", thrown);
  }
}
