package dev.belay.sqlite;

import dev.belay.store.StoreBusyException;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes the write lock for the requests of a source, waiting for other processes. Belongs to the
 * thread that owns the connection.
 *
 * <p>Try, then park for some milliseconds, again and again, and more often the longer the wait has
 * lasted: see {@link LockTurn}. SQLite's own wait doubles its sleeps up to 100 ms, so that who has
 * waited long keeps losing to newcomers; it cannot be interrupted, and it holds the carrier of a
 * virtual thread.
 */
final class LockWait {
  /** One attempt at the lock. */
  @FunctionalInterface
  interface Attempt {
    void run() throws SQLException;
  }

  private static final long PARK_LEAST_NANOS = 20_000;

  private final String file;
  private final long timeoutNanos;
  private final Line line;
  private final Callbacks callbacks;
  private final LockTurn turn = new LockTurn(System.nanoTime());

  LockWait(String file, long timeoutNanos, Line line, Callbacks callbacks) {
    this.file = file;
    this.timeoutNanos = timeoutNanos;
    this.line = line;
    this.callbacks = callbacks;
  }

  /**
   * Returns true once {@code attempt} has succeeded, false when every request of {@code source} has
   * been withdrawn or has waited for the busy timeout and been told so. Letting others go first
   * does not count as waiting for them: nobody is refused without a try.
   *
   * @throws SQLException if the attempt failed for another reason than a busy lock
   */
  boolean acquire(Attempt attempt, Source source) throws SQLException {
    long start = System.nanoTime();
    turn.wants(start);
    if (turn.isOver(start)) {
      if (isDeserted(source)) {
        return false;
      }
      giveWay();
      start = System.nanoTime();
    }
    if (takes(attempt)) {
      turn.taken(System.nanoTime(), false);
      return true;
    }
    line.lockWaitStarts();
    try {
      do {
        for (Request<?> late : source.takeExpired(timeoutNanos, line.lockWaited())) {
          if (late.start()) {
            late.fail(new StoreBusyException(message(), null), callbacks);
          }
        }
        if (isDeserted(source)) {
          return false;
        }
        parkSince(start);
      } while (!takes(attempt));
      turn.taken(System.nanoTime(), true);
      return true;
    } finally {
      line.lockWaitEnds();
    }
  }

  /** Whether nobody wants the lock any more, also because of an interrupt. */
  private static boolean isDeserted(Source source) {
    if (Thread.currentThread().isInterrupted()) {
      source.interrupted();
    }
    return source.peek() == null;
  }

  /**
   * As {@link #acquire}, for a body that has run before and cannot be withdrawn any more. Its time
   * counts from its call too, or the members of a group would wait one after the other.
   *
   * @throws StoreBusyException if its time is spent
   */
  void acquireAgain(Attempt attempt, Request<?> request) throws SQLException {
    long start = System.nanoTime();
    turn.wants(start);
    if (takes(attempt)) {
      turn.taken(System.nanoTime(), false);
      return;
    }
    line.lockWaitStarts();
    try {
      do {
        if (request.waitedFor(timeoutNanos, line.lockWaited())) {
          throw new StoreBusyException(message(), null);
        }
        parkSince(start);
      } while (!takes(attempt));
      turn.taken(System.nanoTime(), true);
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

  private boolean takes(Attempt attempt) throws SQLException {
    boolean taken = succeeds(attempt);
    if (!taken) {
      turn.met(System.nanoTime());
    }
    return taken;
  }

  /** Makes one attempt; false if the lock is in others' hands. */
  static boolean succeeds(Attempt attempt) throws SQLException {
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

  private void giveWay() {
    park(turn.giveWayNanos());
    turn.gaveWay(System.nanoTime());
  }

  private void parkSince(long start) {
    park(turn.parkNanos(System.nanoTime() - start));
  }

  /** A short busy timeout, too, is spent on several tries. */
  private void park(long nanos) {
    long most = Math.min(nanos, Math.max(PARK_LEAST_NANOS, timeoutNanos / 4));
    LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(most / 2, most * 3 / 2));
  }
}
