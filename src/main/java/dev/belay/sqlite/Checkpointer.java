package dev.belay.sqlite;

import java.lang.System.Logger.Level;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
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

  /** Fair: a writer that hardly ever rests would never let a checkpoint in. */
  private final ReentrantLock writing = new ReentrantLock(true);

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
    if (length.bytes() >= limits.stop()) {
      making.lock(); // until the one that is being made has been
      try {
        request();
      } finally {
        making.unlock();
      }
    } else if (length.unmovedBytes() >= limits.beside()) {
      request();
    }
    return length.bytes() >= limits.beside() && length.unmovedBytes() < limits.rest();
  }

  /**
   * Held by the writer of this store while it has, or waits for, the right to write. A checkpoint
   * that keeps everybody from writing takes it first: the writer then waits here, where no busy
   * timeout counts, and is not told that another process held the lock. Not to be held when {@link
   * #logIs} is called.
   */
  Lock writing() {
    return writing;
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
      try (LogMove move = new LogMove(opener, limits, stopMs, making, writing, () -> closed)) {
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
