package dev.belay.lease;

import dev.belay.engine.BatchSize;
import dev.belay.engine.RowLocks;
import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the leases of one store that lapsed long ago. Safe for use by many threads.
 *
 * <ol>
 *   <li>A grant of a new name looks whether there are any, and starts the deletion after its
 *       commit.
 *   <li>The deletion runs on a callback thread, in short transactions of its own: no failure of it
 *       reaches a grant.
 *   <li>A lease that the database keeps, because a row of the application refers to it, is passed
 *       over and named in the log. It is tried again after an hour.
 * </ol>
 */
final class LapsedLeases {
  /** The maximum number of leases that one transaction deletes: 100. */
  static final int BATCH_MAX = 100;

  private static final long LOOK_AFTER_FAILURE_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final int NAMED_MAX = 10;

  private final StoreEngine engine;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile long nextLook = System.nanoTime();

  LapsedLeases(StoreEngine engine) {
    this.engine = engine;
  }

  /** Looks in {@code tx} whether there are any. */
  void look(Tx tx) {
    if (System.nanoTime() - nextLook >= 0
        && tx.attach(LapsedDao.class).earliest(lapsedMs(tx)).isPresent()) {
      engine.signalAfterCommit(tx, this::start);
    }
  }

  private static long lapsedMs(Tx tx) {
    return tx.now().minus(Leases.RETENTION).toEpochMilli();
  }

  private void start() {
    if (running.compareAndSet(false, true)) {
      engine.callbacks().execute(this::run);
    }
  }

  private void run() {
    try {
      Run run = new Run();
      while (run.deletesMore()) {
        // until none is left, or all that are left are kept
      }
      run.report();
    } catch (StoreClosedException e) {
      // a later grant starts again
    } catch (Throwable e) { // the thread has other callbacks to run
      nextLook = System.nanoTime() + LOOK_AFTER_FAILURE_NANOS;
      engine.warn("leases that lapsed long ago could not be deleted; trying again later", e);
    } finally {
      running.set(false);
    }
  }

  /** One deletion of all that can be deleted. Belongs to the thread that made it. */
  private final class Run {
    private final List<String> kept = new ArrayList<>();
    private @Nullable Throwable failure;
    private long afterMs = Long.MIN_VALUE;
    private String afterName = "";
    private final BatchSize size = new BatchSize(BATCH_MAX);

    /** Makes one transaction. Returns whether there may be more. */
    boolean deletesMore() {
      int limit = size.next(BATCH_MAX);
      List<String> keptNow = new ArrayList<>();
      List<Lease> batch;
      try {
        batch = engine.<List<Lease>, RuntimeException>verb(tx -> delete(tx, limit, keptNow));
        size.accepted(limit);
      } catch (StoreException e) {
        throw e;
      } catch (RuntimeException e) {
        failure = e;
        if (size.refused(limit)) {
          return true;
        }
        keptNow.clear();
        batch = engine.<List<Lease>, RuntimeException>look(tx -> next(tx, 1));
        batch.forEach(lease -> keptNow.add(lease.name()));
      }
      kept.addAll(keptNow);
      if (!batch.isEmpty()) {
        Lease last = batch.get(batch.size() - 1);
        afterMs = last.expiresAt().toEpochMilli();
        afterName = last.name();
      }
      return batch.size() == limit;
    }

    private List<Lease> next(Tx tx, int limit) {
      return tx.attach(LapsedDao.class).lapsed(lapsedMs(tx), afterMs, afterName, limit);
    }

    private List<Lease> delete(Tx tx, int limit, List<String> keptNow) {
      keptNow.clear(); // the body may run again
      RowLocks.of(tx).maintenance(tx, "deletion of leases");
      LapsedDao dao = tx.attach(LapsedDao.class);
      List<Lease> batch = next(tx, limit);
      for (Lease lease : batch) {
        try {
          if (dao.delete(lease.name(), lease.token()) == 0) {
            keptNow.add(lease.name());
          }
        } catch (StoreException e) {
          throw e; // nothing can be deleted now
        } catch (RuntimeException e) { // a refused statement has changed nothing
          failure = e;
          keptNow.add(lease.name());
        }
      }
      return batch;
    }

    void report() {
      if (!kept.isEmpty()) {
        nextLook = System.nanoTime() + LOOK_AFTER_FAILURE_NANOS;
        engine.warn(
            kept.size()
                + " leases that lapsed long ago cannot be deleted, because something in the"
                + " database needs them: "
                + kept.subList(0, Math.min(NAMED_MAX, kept.size())),
            failure != null ? failure : new IllegalStateException("a trigger keeps them"));
      }
    }
  }
}
