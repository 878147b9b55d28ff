package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.queue.PurgeDao.FinishedWork;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Deletes finished work of one queue, in transactions of its own. Safe for use by many threads. */
final class Purge {
  /*
   * The database may refuse to delete work: at the DELETE or, if a foreign key of the application
   * is deferred, at the COMMIT, which does not name the work. A trigger may also roll the
   * transaction back. So after a refusal the batch is repeated piece by piece.
   */

  /**
   * The maximum number of undeletable pieces of work that one transaction of a caller skips: 2,500.
   */
  private static final int SKIPS_MAX = 2_500;

  /** The maximum number of pieces of work that one transaction of a purge deletes: 250. */
  static final int BATCH_MAX = 250;

  private final StoreEngine engine;
  private final String queue;

  Purge(StoreEngine engine, String queue) {
    this.engine = engine;
    this.queue = queue;
  }

  /**
   * Deletes up to {@code max} pieces of work that were finished before {@code beforeMs}. Returns
   * the number deleted.
   */
  int run(long beforeMs, int max) {
    PurgeBounds bounds = PurgeBounds.before(beforeMs);
    int deleted = 0;
    PurgePlace place = PurgePlace.START;
    PurgeBatch batch;
    do {
      batch = batch(tx -> bounds, place, Math.min(max - deleted, BATCH_MAX));
      deleted += batch.deleted();
      place = batch.last();
      reportSkipped(batch);
    } while (batch.more() && deleted < max);
    return deleted;
  }

  /**
   * Deletes up to {@code max} pieces of work behind {@code after}.
   *
   * @param bounds called in the transaction that deletes
   */
  PurgeBatch batch(Function<Tx, PurgeBounds> bounds, PurgePlace after, int max) {
    try {
      return in(bounds, after, step -> step.run(max));
    } catch (StoreException e) {
      throw e;
    } catch (RuntimeException e) {
      return pieceByPiece(bounds, after, max); // throws it again if no row is the cause
    }
  }

  private <T> T in(
      Function<Tx, PurgeBounds> bounds, PurgePlace after, Function<PurgeStep, T> steps) {
    return engine.verb(
        tx ->
            engine.all(
                tx,
                "WorkQueue.purge",
                all -> steps.apply(new PurgeStep(all, queue, bounds.apply(all), after))));
  }

  private PurgeBatch pieceByPiece(Function<Tx, PurgeBounds> bounds, PurgePlace after, int max) {
    List<FinishedWork> oldest = in(bounds, after, step -> step.oldest(max));
    List<Long> skipped = new ArrayList<>();
    Throwable failure = null;
    PurgePlace last = after;
    int deleted = 0;
    for (FinishedWork work : oldest) {
      PurgeBatch one = piece(bounds, last, work);
      deleted += one.deleted();
      skipped.addAll(one.skipped());
      failure = failure == null ? one.failure() : failure;
      last = work.place();
    }
    return new PurgeBatch(deleted, last, skipped, failure, oldest.size() == max);
  }

  /** Deletes {@code work}, the next behind {@code after}. */
  private PurgeBatch piece(Function<Tx, PurgeBounds> bounds, PurgePlace after, FinishedWork work) {
    try {
      return in(bounds, after, step -> step.run(1));
    } catch (StoreException e) {
      throw e;
    } catch (RuntimeException e) { // this work is the cause, because the batch could be listed
      return new PurgeBatch(0, work.place(), List.of(work.id()), e, true);
    }
  }

  /**
   * Deletes one batch in {@code tx}, and returns the number deleted. Because 0 means that no work
   * is left, it skips up to {@link #SKIPS_MAX} pieces of work that cannot be deleted.
   */
  int step(Tx tx, long beforeMs, int max) {
    PurgeBounds bounds = PurgeBounds.before(beforeMs);
    PurgePlace place = PurgePlace.START;
    int skipped = 0;
    PurgeBatch purged;
    do {
      purged = new PurgeStep(tx, queue, bounds, place).run(Math.min(max, BATCH_MAX));
      PurgeBatch batch = purged;
      tx.afterCommit(() -> reportSkipped(batch));
      place = purged.last();
      skipped += purged.skipped().size();
    } while (purged.deleted() == 0 && purged.more() && skipped < SKIPS_MAX);
    return purged.deleted();
  }

  /** Logs the work that {@code batch} could not delete. */
  void reportSkipped(PurgeBatch batch) {
    if (!batch.skipped().isEmpty()) {
      engine.warn(
          "queue " + queue + ": finished work cannot be purged, and is skipped: " + batch.skipped(),
          Objects.requireNonNullElseGet(
              batch.failure(), () -> new IllegalStateException("a trigger ignored its deletion")));
    }
  }
}
