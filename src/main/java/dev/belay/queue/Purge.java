package dev.belay.queue;

import dev.belay.store.StoreEngine;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.JdbiException;

/** Deletes finished work of one queue, in transactions of its own. Safe for use by many threads. */
final class Purge {
  /* What cannot be deleted shows at its DELETE, or, if the application's foreign key is deferred, at
   * the COMMIT, which does not say at whom. So a batch whose commit is refused is made again piece by
   * piece.
   */
  private final StoreEngine engine;
  private final String queue;

  Purge(StoreEngine engine, String queue) {
    this.engine = engine;
    this.queue = queue;
  }

  /** Deletes up to {@code max} that were finished before {@code beforeMs}; returns how many. */
  int run(long beforeMs, int max) {
    int deleted = 0;
    PurgePlace place = PurgePlace.START;
    Purged batch;
    do {
      batch = batch(beforeMs, place, Math.min(max - deleted, WorkQueue.PURGE_BATCH));
      deleted += batch.deleted();
      place = batch.last();
      tellSkipped(batch);
    } while (batch.more() && deleted < max);
    return deleted;
  }

  /** Deletes up to {@code max} pieces of work that stand behind {@code after}. */
  Purged batch(long beforeMs, PurgePlace after, int max) {
    try {
      return engine.verb(tx -> in(tx, beforeMs, after, max));
    } catch (StoreException e) {
      throw e;
    } catch (JdbiException e) {
      return pieceByPiece(beforeMs, after, max);
    }
  }

  private Purged in(Tx tx, long beforeMs, PurgePlace after, int max) {
    return engine.all(
        tx, "WorkQueue.purge", all -> new PurgeStep(all, queue, beforeMs, after).run(max));
  }

  private Purged pieceByPiece(long beforeMs, PurgePlace after, int max) {
    List<WorkSize> oldest =
        engine.look(
            tx ->
                tx.attach(WorkStepDao.class)
                    .oldestFinished(queue, beforeMs, after.finishedAtMs(), after.id(), max));
    List<Long> skipped = new ArrayList<>();
    Throwable failure = null;
    PurgePlace last = after;
    int deleted = 0;
    for (WorkSize work : oldest) {
      Purged one = piece(beforeMs, last, work);
      deleted += one.deleted();
      skipped.addAll(one.skipped());
      failure = failure == null ? one.failure() : failure;
      last = work.place();
    }
    return new Purged(deleted, last, skipped, failure, oldest.size() == max);
  }

  /** Deletes {@code work}, the next behind {@code after}. */
  private Purged piece(long beforeMs, PurgePlace after, WorkSize work) {
    try {
      return engine.verb(tx -> in(tx, beforeMs, after, 1));
    } catch (StoreException e) {
      throw e;
    } catch (JdbiException e) {
      return new Purged(0, work.place(), List.of(work.id()), e, true);
    }
  }

  /** Names what {@code batch} had to leave. */
  void tellSkipped(Purged batch) {
    if (!batch.skipped().isEmpty()) {
      engine.warn(
          "queue " + queue + ": finished work cannot be purged, and is skipped: " + batch.skipped(),
          Objects.requireNonNullElseGet(
              batch.failure(), () -> new IllegalStateException("a trigger ignored its deletion")));
    }
  }
}
