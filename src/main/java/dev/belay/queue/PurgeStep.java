package dev.belay.queue;

import dev.belay.engine.RowLocks;
import dev.belay.queue.PurgeDao.FinishedWork;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Deletes finished work, oldest first. Belongs to the body that made it. */
final class PurgeStep {
  /** The maximum number of pieces of work that one look reads: 250. */
  static final int LOOK_MAX = 250;

  private final String queue;
  private final PurgeBounds bounds;
  private final PurgeDao dao;
  private final ByteBudget budget = new ByteBudget();
  private final List<Long> skipped = new ArrayList<>(0);
  private PurgePlace last;
  private @Nullable Throwable failure;
  private int deleted;
  private boolean full;

  /** Creates a step for the work behind {@code after}. */
  PurgeStep(Tx tx, String queue, PurgeBounds bounds, PurgePlace after) {
    this.queue = queue;
    this.bounds = bounds;
    this.dao = tx.attach(PurgeDao.class);
    this.last = after;
    RowLocks locks = RowLocks.of(tx);
    locks.maintenance(tx, "purge of " + queue);
    locks.forgetLanes(tx, queue);
  }

  /** Deletes up to {@code max} pieces of work, within the byte budget of one transaction. */
  PurgeBatch run(int max) {
    int limit;
    List<FinishedWork> oldest;
    do {
      limit = Math.min(max - deleted, LOOK_MAX);
      oldest = oldest(limit);
    } while (deleteAll(oldest) && oldest.size() == LOOK_MAX && deleted < max);
    return new PurgeBatch(deleted, last, skipped, failure, full || oldest.size() == limit);
  }

  /** Returns the next work that is old enough. */
  List<FinishedWork> oldest(int limit) {
    return dao.oldestFinished(
        queue, bounds.beforeMs(), bounds.buriedBeforeMs(), last.finishedAtMs(), last.id(), limit);
  }

  /**
   * Deletes {@code oldest}. Returns whether all of it was within the budget and some could be
   * deleted.
   */
  private boolean deleteAll(List<FinishedWork> oldest) {
    int before = deleted;
    for (FinishedWork work : oldest) {
      if (!budget.takes(work.bytes())) {
        full = true;
        return false;
      }
      delete(work);
      last = work.place();
    }
    return deleted > before;
  }

  /**
   * Deletes one piece of work, or skips it if the database refuses that because of a row or a
   * trigger of the application, so that later work can be deleted. A refused statement has changed
   * nothing.
   */
  private void delete(FinishedWork work) {
    try {
      if (dao.delete(work.id()) == 1) {
        deleted++;
        return;
      }
    } catch (StoreException e) {
      throw e; // no work can be deleted now
    } catch (JdbiException e) {
      failure = failure == null ? e : failure;
    }
    skipped.add(work.id());
  }
}
