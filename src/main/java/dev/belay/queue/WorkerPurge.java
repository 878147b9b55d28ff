package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreClosedException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what was finished long ago, for one worker: once a minute, in small transactions, whether
 * there is work or not. Safe for use by many threads.
 */
final class WorkerPurge {
  /*
   * The threads of the worker report what they do, and never wait: a callback thread makes the
   * batches. While no thread claims, one batch follows the other; else one follows a number of
   * claims, which deletes faster than work is finished.
   *
   * * * The clock may be wrong for a while: it jumps when a machine wakes up or NTP was misled.
   *    Work is deleted only if it was old at the look before too, a minute of real time earlier.
   *    So a jump has a minute to be mended, and a clock set back makes everything younger at once.
   */
  private static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** The most work that one batch deletes. */
  static final int BATCH = 100;

  /** The most pieces of work that it remembers as logged. */
  private static final int TOLD_MAX = 10_000;

  /** The number of claims after which a batch follows, while there is more to delete. */
  static final int CLAIMS_PER_BATCH = 50;

  private final StoreEngine engine;
  private final RetentionSettings retention;
  private final String queue;
  private final Purge purge;
  private final LongSupplier nanoTime;
  private final Set<Long> told = new HashSet<>(); // of the batch that runs
  private long lookNanos;
  private long lookMs;
  private long purgeMs;
  private PurgePlace place = PurgePlace.START;
  private boolean due;
  private boolean again;
  private boolean ended;
  private boolean deleting;
  private boolean idle;
  private int claims;

  /** The first look is now, so that nothing is deleted within the first minute. */
  WorkerPurge(StoreQueues store, String queue) {
    this.engine = store.engine();
    this.retention = store.retention();
    this.queue = queue;
    this.purge = new Purge(engine, queue);
    this.nanoTime = store.nanoTime();
    this.lookNanos = nanoTime.getAsLong();
    this.lookMs = engine.clock().millis();
  }

  /** The time until the next look. */
  synchronized long nanosUntilLook() {
    return Math.max(lookNanos + LOOK_NANOS - nanoTime.getAsLong(), 0);
  }

  /** Whether a batch has begun and has not ended. */
  synchronized boolean isDeleting() {
    return deleting;
  }

  /** A thread has claimed {@code count} pieces of work. */
  synchronized void claimed(int count) {
    idle = false;
    claims += count;
  }

  /** All threads are idle. */
  void idle() {
    synchronized (this) {
      idle = true;
    }
    look();
  }

  /** Begins no batch from now on. */
  synchronized void end() {
    ended = true;
  }

  /** Begins a batch if one is due, and returns at once. */
  void look() {
    if (begin()) {
      submit();
    }
  }

  /** Returns whether a batch is to begin. */
  private synchronized boolean begin() {
    long now = nanoTime.getAsLong();
    if (now - lookNanos >= LOOK_NANOS) {
      long nowMs = engine.clock().millis();
      purgeMs = Math.min(lookMs, nowMs);
      lookMs = nowMs;
      lookNanos = now;
      place = due ? place : PurgePlace.START;
      again = deleting; // the batch that runs is of the last pass
      due = true;
      claims = CLAIMS_PER_BATCH; // the first batch of a minute waits for none
    }
    if (!due || deleting || ended || (!idle && claims < CLAIMS_PER_BATCH)) {
      return false;
    }
    claims = 0;
    deleting = true;
    return true;
  }

  /** Runs a batch on a thread that may wait. */
  private void submit() {
    try {
      engine.callbacks().execute(this::batch);
    } catch (Throwable e) { // the claiming thread goes on
      deleted(null, e);
    }
  }

  private void batch() {
    try {
      long atMs;
      PurgePlace after;
      synchronized (this) {
        atMs = purgeMs;
        after = place;
      }
      PurgeBatch purged = purge.batch(tx -> retention.stored(tx, queue).bounds(atMs), after, BATCH);
      tellSkipped(purged);
      deleted(purged, null);
    } catch (Throwable e) {
      deleted(null, e);
    }
  }

  /** Logs what cannot be deleted, but not each minute again. */
  private void tellSkipped(PurgeBatch purged) {
    List<Long> news = purged.skipped().stream().filter(id -> !told.contains(id)).toList();
    if (told.size() > TOLD_MAX) {
      told.clear();
    }
    told.addAll(news);
    purge.reportSkipped(
        new PurgeBatch(purged.deleted(), purged.last(), news, purged.failure(), purged.more()));
  }

  private void deleted(@Nullable PurgeBatch purged, @Nullable Throwable failure) {
    synchronized (this) {
      deleting = false;
      boolean more = purged != null && purged.more();
      place = purged != null && more ? purged.last() : PurgePlace.START;
      due = more || again;
      again = false;
    }
    if (failure != null && !(failure instanceof StoreClosedException)) {
      engine.warn("queue " + queue + ": cannot purge; trying again in a minute", failure);
    }
    look();
  }
}
