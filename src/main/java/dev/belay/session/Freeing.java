package dev.belay.session;

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
 * Frees the rows of deleted and cleared sessions, in transactions so small that nobody waits for
 * them. Safe for use by many threads.
 */
final class Freeing {
  /* Whoever deletes or clears starts it once that is committed, and so does any writing verb that
   * finds something to be freed: it looks once in a while, because the process that deleted may have
   * been killed. It runs on a callback thread, where blocking hooks keep nobody waiting and a store
   * that is being closed still takes its writes; one at a time, for whoever asks meanwhile as well.
   */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LOOK_AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How many rows one transaction frees. */
  static final int ROWS_MAX = 500;

  /** How many times so many rows that cannot go one transaction of a caller's passes over. */
  private static final int STUCK_STEPS_MAX = 5;

  private final StoreEngine engine;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile long nextLook;

  Freeing(StoreEngine engine) {
    this.engine = engine;
    this.nextLook = System.nanoTime();
  }

  /** Frees what is left over by others, once in a while, after the commit of {@code tx}. */
  void look(Tx tx) {
    long now = System.nanoTime();
    if (now - nextLook >= 0) {
      nextLook = now + LOOK_NANOS;
      if (tx.attach(UnfreedDao.class).first(tx.now().toEpochMilli()).isPresent()) {
        startAfter(tx);
      }
    }
  }

  /** Burns the id of a session and frees its rows; false if there is none, or no more. */
  boolean delete(Tx tx, String id) {
    return free(tx, tx.attach(SessionDao.class).burn(id, tx.now().toEpochMilli()));
  }

  /** Clears a session and frees its rows; false if there has never been one, or no more. */
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
        asked.set(0); // the next look starts again
      }
    }
  }

  /** False if it failed: then the next look starts again. */
  private boolean freeWhatIsDue() {
    try {
      Batches batches = new Batches(ROWS_MAX);
      Freed freed;
      do {
        freed = batches.next(ROWS_MAX, Long.MIN_VALUE);
      } while (freed.more());
      return true;
    } catch (StoreClosedException e) {
      return false; // no failure: what is left goes with the next writer
    } catch (Throwable e) { // whatever it is, the thread has others to serve
      nextLook = System.nanoTime() + LOOK_AFTER_FAILURE_NANOS;
      engine.warn("rows of deleted sessions could not be freed; trying again later", e);
      return false;
    }
  }

  /** Frees up to {@code rowsMax} rows, what could not go before included; how many that were. */
  int free(int rowsMax) {
    long dueMs = engine.<Long, RuntimeException>look(Freeing::lastDueMs);
    Batches batches = new Batches(ROWS_MAX);
    int rows = 0;
    Freed freed;
    do {
      freed = batches.next(Math.min(ROWS_MAX, rowsMax - rows), dueMs);
      rows += freed.rows();
    } while (freed.more() && rows < rowsMax);
    return rows;
  }

  /** As {@link #free(int)}, in {@code tx}; passes over a bounded number of rows that cannot go. */
  int free(Tx tx, int rowsMax) {
    long dueMs = lastDueMs(tx);
    int steps = 0;
    Freed freed;
    do {
      freed = new FreeStep(tx, Math.min(ROWS_MAX, rowsMax), dueMs).free();
      Freed told = freed;
      tx.afterCommit(() -> tell(told));
      steps++;
    } while (freed.more() && freed.rows() == 0 && steps < STUCK_STEPS_MAX);
    return freed.rows();
  }

  /** When all that waits to be tried again is due. */
  private static long lastDueMs(Tx tx) {
    return tx.attach(UnfreedDao.class).lastDueMs().orElse(0L);
  }

  private void tell(Freed freed) {
    freed.stuck().forEach(stuck -> engine.warn(stuck.message(), stuck.failure()));
  }

  /** One transaction after another. Belongs to the thread that made it. */
  private final class Batches {
    private int size;

    Batches(int size) {
      this.size = size;
    }

    /** The next transaction, of sessions that are due at {@code dueMs}, at least now. */
    Freed next(int rowsMax, long dueMs) {
      int tries = Math.min(size, rowsMax);
      try {
        Freed freed =
            engine.<Freed, RuntimeException>verb(
                tx -> new FreeStep(tx, tries, Math.max(dueMs, nowMs(tx))).free());
        size = Math.min(2 * tries, ROWS_MAX);
        tell(freed);
        return freed;
      } catch (StoreException e) {
        throw e;
      } catch (RuntimeException refusal) {
        // A deferred constraint is checked at the end of the transaction and does not say of which
        // row: so there are ever fewer in one, down to the row that is passed over.
        return tries > 1 ? fewer(tries) : passOver(refusal, dueMs);
      }
    }

    private Freed fewer(int tries) {
      size = tries / 2;
      return new Freed(0, true, List.of());
    }

    private Freed passOver(RuntimeException refusal, long dueMs) {
      Freed freed =
          engine.<Freed, RuntimeException>verb(
              tx -> new FreeStep(tx, 1, Math.max(dueMs, nowMs(tx))).passOver(refusal));
      tell(freed);
      return freed;
    }

    private long nowMs(Tx tx) {
      return tx.now().toEpochMilli();
    }
  }
}
