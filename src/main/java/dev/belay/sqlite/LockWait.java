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

  private final String file;
  private final long timeoutNanos;
  private final Line line;
  private final Callbacks callbacks;
  private final LockTurn turn = new LockTurn();

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
    long start = System.nanoTime();
    boolean givesWay = turn.isOver(start);
    if (!givesWay && succeeds(attempt)) {
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
        if (givesWay) {
          park(turn.giveWayNanos());
        } else {
          parkSince(start);
        }
        if (succeeds(attempt)) {
          taken(givesWay);
          return true;
        }
        givesWay = false;
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
    long start = System.nanoTime();
    if (succeeds(attempt)) {
      return;
    }
    line.lockWaitStarts();
    try {
      do {
        if (request.waitedFor(timeoutNanos, line.lockWaited())) {
          throw new StoreBusyException(message(), null);
        }
        parkSince(start);
      } while (!succeeds(attempt));
      taken(false);
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

  private void taken(boolean fromNobody) {
    long now = System.nanoTime();
    if (fromNobody) {
      turn.goesOn(now);
    } else {
      turn.begins(now);
    }
  }

  private void parkSince(long start) {
    park(turn.parkNanos(start, System.nanoTime() - start));
  }

  private void park(long nanos) {
    LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(nanos / 2, nanos * 3 / 2));
  }
}
