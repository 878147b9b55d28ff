package dev.belay.sqlite;

import java.lang.System.Logger.Level;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Moves the log into the database on a connection of its own, so that no commit has to wait for it.
 * Safe for use by many threads.
 *
 * <p>The writer says now and then how long the log is, and what is done depends on that: see {@link
 * LogLimits}.
 */
final class Checkpointer {
  private static final long STOP_MS_MAX = 1_500;

  private final String file;
  private final LogLimits limits;
  private final long stopMs;
  private final SideConnectionOpener opener;
  private final Semaphore wanted = new Semaphore(0);
  private final ReentrantLock making = new ReentrantLock();
  private @Nullable Thread thread;
  private volatile boolean closed;

  /**
   * Makes none yet.
   *
   * @param busyTimeoutMs how long those wait who want to write; they are stopped for less
   */
  Checkpointer(String file, LogLimits limits, int busyTimeoutMs, SideConnectionOpener opener) {
    this.file = file;
    this.limits = limits;
    this.stopMs = Math.min(STOP_MS_MAX, busyTimeoutMs / 4);
    this.opener = opener;
  }

  /**
   * The log has been seen to be that long. Only between transactions.
   *
   * @return whether the writer is to move the rest of it
   */
  boolean logIs(LogLength length) {
    if (length.frames() >= limits.stop()) {
      making.lock(); // until the one that is being made has been
      try {
        request();
      } finally {
        making.unlock();
      }
    } else if (length.unmoved() >= limits.beside()) {
      request();
    }
    return length.frames() >= limits.beside() && length.unmoved() < limits.rest();
  }

  /** Asks for a checkpoint, which is made soon; while one is being made, nothing happens. */
  private void request() {
    if (wanted.availablePermits() > 0) {
      return;
    }
    synchronized (this) {
      if (thread == null && !closed) {
        Thread starting = new Thread(this::run, "belay-checkpoint");
        starting.setDaemon(true);
        starting.start();
        thread = starting;
      }
    }
    wanted.release();
  }

  private void run() {
    boolean told = false;
    while (!closed) {
      wanted.acquireUninterruptibly();
      if (closed) {
        return;
      }
      try (LogMove move = new LogMove(opener, limits, stopMs, making, () -> closed)) {
        while (!closed) {
          move.move();
          told = false;
          // Who asked meanwhile asks again, if the log is still that long. Who closed meanwhile has
          // said so before it asked.
          wanted.drainPermits();
          if (!closed) {
            wanted.acquireUninterruptibly();
          }
        }
      } catch (Throwable e) { // the next one that is asked for tries again
        if (!told) {
          told = true;
          System.getLogger("dev.belay")
              .log(Level.WARNING, file + ": cannot checkpoint beside the writer; it does alone", e);
        }
      }
    }
  }

  /** Ends it, after the checkpoint that is being made. */
  void close() {
    Thread ending;
    synchronized (this) {
      closed = true;
      ending = thread;
    }
    if (ending != null) {
      wanted.release();
      Threads.joinUninterruptibly(ending);
    }
  }
}
