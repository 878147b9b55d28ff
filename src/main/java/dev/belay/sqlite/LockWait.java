package dev.belay.sqlite;

import dev.belay.store.StoreBusyException;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes the write lock for the requests of a source, waiting for other processes. Belongs to the
 * thread that owns the connection.
 *
 * <p>Try, then park for about a millisecond, again and again. SQLite's own wait doubles its sleeps
 * up to 100 ms, so that who has waited long keeps losing to newcomers; it cannot be interrupted,
 * and it holds the carrier of a virtual thread.
 */
final class LockWait {
  // Long enough that who has the lock commits a few times before it goes elsewhere: whoever gets it
  // next reads anew what the others have changed. Random so that processes do not march in step.
  private static final long PARK_NANOS_MIN = 500_000;
  private static final long PARK_NANOS_MAX = 1_500_000;

  /** One attempt at the lock. */
  @FunctionalInterface
  interface Attempt {
    void run() throws SQLException;
  }

  private final String file;
  private final long timeoutNanos;
  private final Line line;
  private final Callbacks callbacks;

  LockWait(String file, long timeoutNanos, Line line, Callbacks callbacks) {
    this.file = file;
    this.timeoutNanos = timeoutNanos;
    this.line = line;
    this.callbacks = callbacks;
  }

  /**
   * Returns true once {@code attempt} has succeeded, false when every request of {@code source} has
   * been withdrawn or has waited for the busy timeout and been told so.
   *
   * @throws SQLException if the attempt failed for another reason than a busy lock
   */
  boolean acquire(Attempt attempt, Source source) throws SQLException {
    if (succeeds(attempt)) {
      return true;
    }
    line.lockWaitStarts();
    try {
      while (true) {
        for (Request<?> late : source.takeExpired(timeoutNanos, line.lockWaited())) {
          if (late.start()) {
            late.fail(new StoreBusyException(message(), null), callbacks);
          }
        }
        if (Thread.currentThread().isInterrupted()) {
          source.interrupted();
        }
        if (source.peek() == null) {
          return false;
        }
        park();
        if (succeeds(attempt)) {
          return true;
        }
      }
    } finally {
      line.lockWaitEnds();
    }
  }

  /**
   * As {@link #acquire}, for a body that has run before and cannot be withdrawn any more. Its time
   * counts from its call too, or the members of a group would wait one after the other.
   *
   * @throws StoreBusyException if its time is spent
   */
  void acquireAgain(Attempt attempt, Request<?> request) throws SQLException {
    if (succeeds(attempt)) {
      return;
    }
    line.lockWaitStarts();
    try {
      do {
        if (request.waitedFor(timeoutNanos, line.lockWaited())) {
          throw new StoreBusyException(message(), null);
        }
        park();
      } while (!succeeds(attempt));
    } finally {
      line.lockWaitEnds();
    }
  }

  private String message() {
    return file
        + ": another process held the write lock for the whole busy timeout of "
        + timeoutNanos / 1_000_000
        + " ms; nothing was written";
  }

  private static boolean succeeds(Attempt attempt) throws SQLException {
    try {
      attempt.run();
      return true;
    } catch (SQLException e) {
      if (SqliteErrors.isBusy(e)) {
        return false;
      }
      throw e;
    }
  }

  private void park() {
    LockSupport.parkNanos(
        this, ThreadLocalRandom.current().nextLong(PARK_NANOS_MIN, PARK_NANOS_MAX));
  }
}
