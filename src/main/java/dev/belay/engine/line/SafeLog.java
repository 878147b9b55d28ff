package dev.belay.engine.line;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Logs without ever throwing, for threads that must go on whatever the logger does. Stateless, safe
 * for use by many threads.
 */
public final class SafeLog {
  private SafeLog() {}

  /** Logs to {@code dev.belay}; never throws. */
  public static void log(Level level, String message, @Nullable Throwable failure) {
    try {
      System.getLogger("dev.belay").log(level, message, failure);
    } catch (Throwable e) {
      // The logger threw, or there is no memory for the record. There is no place left to report
      // that, and the thread has other requests to serve.
    }
  }
}
