package dev.belay.session;

import dev.belay.engine.BatchSize;
import dev.belay.engine.StoreEngine;
import dev.belay.session.FreeStep.Freed;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Frees the rows of deleted and cleared sessions, in small transactions, so that other writers wait
 * only briefly. Safe for use by many threads.
 */
final class Freeing {
  /* 1. A verb that deletes or clears a session starts the freeing after its commit.
   * 2. Any other writing verb checks once in LOOK_NANOS for rows that are to be freed, because the
   *    process that deleted the session may have been killed, and then starts it too.
   * 3. The freeing runs on a callback thread: a blocking hook there delays no other thread, and a
   *    store that is being closed still accepts writes from there.
   * 4. One run at a time also serves the requests that arrive during it.
   */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1); // 1 s
  private static final long LOOK_AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(10); // 10 s

  /** The maximum number of rows that one transaction frees: 500. */
  static final int ROWS_MAX = 500;

  /**
   * In a transaction of the caller, at most this many times {@link #ROWS_MAX} stuck rows are
   * skipped.
   */
  private static final int STUCK_STEPS_MAX = 5;

  private final StoreEngine engine;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile long nextLook;

  Freeing(StoreEngine engine) {
    this.engine = engine;
    this.nextLook = System.nanoTime();
  }

  /**
   * Starts the freeing after the commit of {@code tx}, if there are rows to free. Checks at most
   * once in {@link #LOOK_NANOS}.
   */
  void look(Tx tx) {
    long now = System.nanoTime();
    if (now - nextLook >= 0) {
      nextLook = now + LOOK_NANOS;
      if (tx.attach(UnfreedDao.class).first(tx.now().toEpochMilli()).isPresent()) {
        startAfter(tx);
      }
    }
  }

  /** Returns whether the next {@link #look} reads. */
  boolean looksNext() {
    return System.nanoTime() - nextLook >= 0;
  }

  /**
   * Burns the id of a session and frees its rows. Returns false if the session never existed or was
   * already deleted.
   */
  boolean delete(Tx tx, String id) {
    return free(tx, tx.attach(UnfreedDao.class).burn(id, tx.now().toEpochMilli()));
  }

  /**
   * Clears a session and frees its rows. Returns false if the session never existed or was deleted.
   */
  boolean clear(Tx tx, String id) {
    UnfreedDao dao = tx.attach(UnfreedDao.class);
    Optional<Long> cleared = dao.clear(id, tx.now().toEpochMilli());
    cleared.ifPresent(dao::emptyState);
    return free(tx, cleared);
  }

  private boolean free(Tx tx, Optional<Long> no) {
    if (no.isPresent() && tx.attach(UnfreedDao.class).note(no.get()) > 0) {
      startAfter(tx);
    } else {
      look(tx);
    }
    return no.isPresent();
  }

  private void startAfter(Tx tx) {
    engine.signalAfterCommit(tx, this::start);
  }

  private void start() {
    if (asked.getAndIncrement() == 0) {
      engine.callbacks().execute(this::run);
    }
  }

  private void run() {
    boolean served = false;
    try {
      boolean goesOn = true;
      while (goesOn && !served) {
        int serving = asked.get();
        goesOn = freeWhatIsDue();
        served = goesOn && asked.compareAndSet(serving, 0);
      }
    } finally {
      if (!served) {
        asked.set(0); // the next call of look() starts it again
      }
    }
  }

  /** Returns false if it failed; the next call of {@link #look} then starts it again. */
  private boolean freeWhatIsDue() {
    try {
      Batches batches = new Batches();
      Freed freed;
      do {
        freed = batches.next(ROWS_MAX, Long.MIN_VALUE);
      } while (freed.more());
      return true;
    } catch (StoreClosedException e) {
      return false; // not a failure: a later writer frees the remaining rows
    } catch (Throwable e) { // the callback thread must survive any failure
      nextLook = System.nanoTime() + LOOK_AFTER_FAILURE_NANOS;
      engine.warn("rows of deleted sessions could not be freed; trying again later", e);
      return false;
    }
  }

  /**
   * Frees at most {@code rowsMax} rows, and tries rows that were stuck before too. Returns the
   * number freed.
   */
  int free(int rowsMax) {
    long dueMs = engine.<Long, RuntimeException>look(Freeing::lastDueMs);
    Batches batches = new Batches();
    int rows = 0;
    Freed freed;
    do {
      freed = batches.next(Math.min(ROWS_MAX, rowsMax - rows), dueMs);
      rows += freed.rows();
    } while (freed.more() && rows < rowsMax);
    return rows;
  }

  /** As {@link #free(int)}, in {@code tx}, but skips only a bounded number of stuck rows. */
  int free(Tx tx, int rowsMax) {
    long dueMs = lastDueMs(tx);
    int steps = 0;
    Freed freed;
    do {
      freed = new FreeStep(tx, Math.min(ROWS_MAX, rowsMax), dueMs).free();
      Freed done = freed;
      tx.afterCommit(() -> logStuck(done));
      steps++;
    } while (freed.more() && freed.rows() == 0 && steps < STUCK_STEPS_MAX);
    return freed.rows();
  }

  /** Returns the time, in milliseconds since the epoch, at which all waiting sessions are due. */
  private static long lastDueMs(Tx tx) {
    return tx.attach(UnfreedDao.class).lastDueMs().orElse(0L);
  }

  private void logStuck(Freed freed) {
    freed.stuck().forEach(stuck -> engine.warn(stuck.message(), stuck.failure()));
  }

  /** A sequence of transactions of varying size. Belongs to the thread that made it. */
  private final class Batches {
    private final BatchSize size = new BatchSize(ROWS_MAX);

    /**
     * Runs the next transaction, for the sessions that are due at {@code dueMs} or now, if that is
     * later.
     */
    Freed next(int rowsMax, long dueMs) {
      int tries = size.next(rowsMax);
      try {
        Freed freed =
            engine.<Freed, RuntimeException>verb(
                tx -> new FreeStep(tx, tries, Math.max(dueMs, nowMs(tx))).free());
        size.accepted(tries);
        logStuck(freed);
        return freed;
      } catch (StoreException e) {
        throw e;
      } catch (RuntimeException refusal) {
        return size.refused(tries) ? new Freed(0, true, List.of()) : passOver(refusal, dueMs);
      }
    }

    private Freed passOver(RuntimeException refusal, long dueMs) {
      Freed freed =
          engine.<Freed, RuntimeException>verb(
              tx -> new FreeStep(tx, 1, Math.max(dueMs, nowMs(tx))).passOver(refusal));
      logStuck(freed);
      return freed;
    }

    private long nowMs(Tx tx) {
      return tx.now().toEpochMilli();
    }
  }
}
