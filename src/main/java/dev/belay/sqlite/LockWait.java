package dev.belay.sqlite;

import dev.belay.engine.jdbc.ConnectionTransaction;
import dev.belay.engine.line.Callbacks;
import dev.belay.engine.line.Request;
import dev.belay.engine.line.SafeLog;
import dev.belay.engine.line.Source;
import dev.belay.engine.line.WaitClock;
import dev.belay.store.StoreBusyException;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the write lock for the requests of a source, and waits for other processes. Belongs to the
 * thread that owns the connection.
 *
 * <p>The wait goes as follows:
 *
 * <ol>
 *   <li>If the turn of this process is over, park once, so that other processes can go first.
 *   <li>Try to take the lock.
 *   <li>If another process has it, fail the requests that have waited for the busy timeout.
 *   <li>If this store itself has it, by a call, wait without a timeout and log a warning once that
 *       has lasted for long.
 *   <li>If no request is left, give up.
 *   <li>Park for some milliseconds and go on with step 2, more often the longer the wait has
 *       lasted: see {@link LockBackOff}.
 * </ol>
 *
 * <p>SQLite's own busy handler is not used. Its sleeps grow up to 100 ms, so that a process that
 * has waited long keeps losing to newcomers; it cannot be interrupted, and it holds the carrier of
 * a virtual thread.
 */
final class LockWait {
  /** One attempt to take the lock. */
  @FunctionalInterface
  interface Attempt {
    void run() throws SQLException;
  }

  private static final long PARK_LEAST_NANOS = 20_000;

  private final String file;
  private final long timeoutNanos;
  private final WaitClock waits;
  private final Callbacks callbacks;
  private final Supplier<@Nullable String> localHolder;
  private final LockBackOff turn = new LockBackOff(System.nanoTime());

  /**
   * Does not wait yet.
   *
   * @param localHolder returns what else of this store holds the file's lock, null if nothing does
   */
  LockWait(
      String file,
      long timeoutNanos,
      WaitClock waits,
      Callbacks callbacks,
      Supplier<@Nullable String> localHolder) {
    this.file = file;
    this.timeoutNanos = timeoutNanos;
    this.waits = waits;
    this.callbacks = callbacks;
    this.localHolder = localHolder;
  }

  /** Returns the begin of a transaction that writes for the requests of {@code source}. */
  ConnectionTransaction.Begin beginFor(Source source) {
    return transaction -> acquire(transaction::beginWriting, source);
  }

  /**
   * Returns true once {@code attempt} has succeeded. Returns false when no request of {@code
   * source} is left: each has been withdrawn, or has waited for the busy timeout and has failed.
   * Letting other processes go first does not count as waiting: no request fails without a try.
   *
   * @throws SQLException if the attempt failed for another reason than a busy lock
   */
  private boolean acquire(Attempt attempt, Source source) throws SQLException {
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
      turn.taken(System.nanoTime());
      return true;
    }
    boolean warned = false;
    try {
      do {
        String local = localHolder.get();
        if (local != null) {
          waits.stops(); // waiting behind work of this process never times out
          warned = warned || warnsOf(local, start);
        } else {
          waits.starts();
          for (Request<?> late : source.takeExpired(timeoutNanos, waits.nanos())) {
            if (late.start()) {
              late.fail(new StoreBusyException(message(), null), callbacks);
            }
          }
        }
        if (isDeserted(source)) {
          return false;
        }
        parkSince(start);
      } while (!takes(attempt));
      turn.takenFromOthers(System.nanoTime());
      return true;
    } finally {
      waits.stops();
    }
  }

  /**
   * Notes that the transaction for which the lock was taken has ended, if there was one.
   *
   * @param bodies the number of bodies that it ran
   */
  void released(int bodies) {
    turn.released(System.nanoTime(), bodies);
  }

  /**
   * Warns that {@code local} blocks the writers of this store, if that has lasted for the busy
   * timeout. Returns whether it warned.
   */
  private boolean warnsOf(String local, long start) {
    boolean lasts = System.nanoTime() - start >= timeoutNanos;
    if (lasts) {
      SafeLog.log(Level.WARNING, file + ": every write of this store waits for " + local, null);
    }
    return lasts;
  }

  /** Returns whether no request wants the lock any more, also because of an interrupt. */
  private static boolean isDeserted(Source source) {
    if (Thread.currentThread().isInterrupted()) {
      source.interrupted();
    }
    return source.peek() == null;
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

  /** Makes one attempt. Returns false if another process or connection has the lock. */
  static boolean succeeds(Attempt attempt) throws SQLException {
    try {
      attempt.run();
      return true;
    } catch (SQLException e) {
      if (SqliteFailures.isBusy(e)) {
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

  /**
   * Parks for 50 % to 150 % of {@code nanos}, and less if the busy timeout is short, so that it too
   * allows several tries.
   */
  private void park(long nanos) {
    long most = Math.min(nanos, Math.max(PARK_LEAST_NANOS, timeoutNanos / 4));
    LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(most / 2, most * 3 / 2));
  }
}
