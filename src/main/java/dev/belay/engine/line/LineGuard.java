package dev.belay.engine.line;

import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A watchdog for requests that wait in line for long. It checks that the owner of the connection
 * still exists, and names the body that the requests wait for. Safe for use by many threads.
 *
 * <p>Waiting behind local work never times out. So a body that waits for a thread that needs the
 * same store would wait without end and without a message, and an owner that an error has unwound
 * before its clean-up, or that has died, would stop the store. The guard names such a body in a
 * warning, and takes the connection away from such an owner.
 */
public final class LineGuard {
  /** One look at an owner of a connection. */
  @FunctionalInterface
  interface Look {
    /**
     * Returns whether {@code owner} will never give the connection back.
     *
     * @param since the {@code nanoTime} at which it took the connection
     * @param bodySince the {@code nanoTime} at which the running body began; 0 if no body runs
     */
    boolean isGone(Thread owner, long since, long bodySince);
  }

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int QUIET_LOOKS_MAX = 10;
  private static final int FRAMES_TOLD = 30;

  /**
   * The methods of an executor in whose calls a thread owns a connection, or is about to own one.
   */
  private static final Set<String> SERVING =
      Set.of("run", "serveSelf", "work", "takeAway", "close");

  /**
   * The largest number of frames in a stack trace. A trace of this length may have been truncated.
   */
  private static final int FRAMES_MAX = 1_024;

  private final ConnectionExecutor executor;
  private final String file;
  private final long warnNanos;
  private volatile @Nullable Thread thread;
  private volatile boolean ended;
  private final Set<Long> warned = new HashSet<>(); // the start times of bodies, by nanoTime

  LineGuard(ConnectionExecutor executor, String file, long warnMs) {
    this.executor = executor;
    this.file = file;
    this.warnNanos = Math.max(LOOK_NANOS, TimeUnit.MILLISECONDS.toNanos(warnMs));
  }

  /**
   * Returns whether the current thread is inside an executor: it serves requests, and may run a
   * body.
   */
  static boolean isServing() {
    // A StackWalker, because a stack trace ends after 1024 frames.
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(frame -> isServing(frame.getClassName(), frame.getMethodName())));
  }

  /**
   * Returns whether {@code thread} has left every executor; false if its stack is too deep to tell.
   */
  public static boolean hasLeft(Thread thread) {
    StackTraceElement[] trace = thread.getStackTrace();
    if (trace.length == 0) {
      return !thread.isAlive();
    }
    return isWhole(trace, thread)
        && Stream.of(trace)
            .noneMatch(frame -> isServing(frame.getClassName(), frame.getMethodName()));
  }

  /**
   * Returns whether a trace reaches back to the first method of {@code thread}. A truncated trace
   * ends in any other method.
   */
  private static boolean isWhole(StackTraceElement[] trace, Thread thread) {
    if (trace.length >= FRAMES_MAX) {
      return false;
    }
    StackTraceElement bottom = trace[trace.length - 1];
    if (bottom.getMethodName().equals("main")) {
      return true;
    }
    boolean ofThread = false;
    for (Class<?> type = thread.getClass(); type != null; type = type.getSuperclass()) {
      ofThread |= type.getName().equals(bottom.getClassName());
    }
    return ofThread && bottom.getMethodName().equals("run");
  }

  private static boolean isServing(String type, String method) {
    return (type.equals(ConnectionExecutor.class.getName())
            || type.equals(ConnectionPlaces.class.getName()))
        && SERVING.contains(method);
  }

  /**
   * Starts the watchdog, because a request waits in line. It ends once the line has been empty for
   * a while.
   */
  void watch() {
    Thread watching = thread;
    if (watching != null && watching.isAlive()) {
      return;
    }
    try {
      Thread starting = Threads.daemon("belay-guard", this::run);
      starting.start();
      thread = starting;
    } catch (Throwable e) {
      // no thread could be started, so nothing is checked; the next request in line tries again
      SafeLog.log(Level.DEBUG, file + ": no thread can be started to watch the line", e);
    }
  }

  /**
   * Notes that no request will wait in line any more. Places that are not yet cleared are still
   * looked after.
   */
  void end() {
    ended = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    int quietLooks = 0;
    while (true) {
      LockSupport.parkNanos(this, Math.max(LEAST_NANOS, Math.min(LOOK_NANOS, warnNanos)));
      try {
        quietLooks = executor.needsCare() ? 0 : quietLooks + 1;
        if (quietLooks > 0) {
          warned.clear();
        }
        if (quietLooks == 0) {
          executor.care(this::isGone);
        } else if ((ended || quietLooks > QUIET_LOOKS_MAX)
            && executor.endsCare(() -> thread = null)) {
          return;
        }
      } catch (Throwable e) {
        Reports.report(e); // the next look may succeed
      }
    }
  }

  private boolean isGone(Thread owner, long since, long bodySince) {
    long now = System.nanoTime();
    if (now - since < LOOK_NANOS) {
      return false;
    }
    if (hasLeft(owner)) {
      SafeLog.log(
          Level.ERROR,
          file
              + ": thread "
              + owner.getName()
              + " left its connection without giving it back; the connection is replaced",
          null);
      return true;
    }
    if (bodySince != 0 && now - bodySince >= warnNanos && warned.add(bodySince)) {
      SafeLog.log(Level.WARNING, waitingFor(owner, now - bodySince), null);
    }
    return false;
  }

  private String waitingFor(Thread owner, long nanos) {
    return file
        + ": requests are waiting in line behind a body that thread "
        + owner.getName()
        + " has been running for "
        + TimeUnit.NANOSECONDS.toMillis(nanos)
        + " ms; if that body waits for a thread that needs the same store, it waits for ever:"
        + Stream.of(owner.getStackTrace())
            .limit(FRAMES_TOLD)
            .map(frame -> "\n\tat " + frame)
            .collect(Collectors.joining());
  }
}
