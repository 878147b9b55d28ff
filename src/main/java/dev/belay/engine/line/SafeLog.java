package dev.belay.engine.line;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The log of a store, for threads that must go on whatever the logger does. Stateless, safe for use
 * by many threads.
 */
public final class SafeLog {
  private SafeLog() {}

  /** Logs to {@code dev.belay}; never throws. */
  public static void log(Level level, String message, @Nullable Throwable failure) {
    try {
      System.getLogger("dev.belay").log(level, message, failure);
    } catch (Throwable e) {
      // A logger that throws, or no memory for the record: there is nowhere left to say so, and the
      // thread has others to serve.
    }
  }
}
