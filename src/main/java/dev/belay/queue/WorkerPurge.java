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
 * The purge of one worker: deletes work that was finished long ago, once a minute, in small
 * transactions, also while the worker is idle. Safe for use by many threads.
 */
final class WorkerPurge {
  /*
   * The threads of the worker report their claims here and never wait; a callback thread runs the
   * batches. While no thread claims, one batch follows another. Otherwise one batch follows a
   * number of claims, which deletes faster than work is finished.
   *
   * The clock may be wrong for some time: it jumps when a machine wakes up or NTP is wrong. Work is
   * deleted only if it was also old enough at the previous look, a minute of real time earlier. So
   * a jump can be corrected within a minute. A clock that is set back takes effect immediately.
   */

  /** The time between two looks: 1 minute. */
  private static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** The maximum number of pieces of work that one batch deletes: 100. */
  static final int BATCH = 100;

  /**
   * The number of pieces of work that are remembered as logged, before they are forgotten: 10,000.
   */
  private static final int REPORTED_MAX = 10_000;

  /** The number of claims between two batches, while there is more to delete: 50. */
  static final int CLAIMS_PER_BATCH = 50;

  private final StoreEngine engine;
  private final RetentionSettings retention;
  private final String queue;
  private final Purge purge;
  private final LongSupplier nanoTime;
  private final Set<Long> reported = new HashSet<>(); // belongs to the running batch
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

  /**
   * Creates a purge whose first look is now, so that no work is deleted within the first minute.
   */
  WorkerPurge(StoreQueues store, String queue) {
    this.engine = store.engine();
    this.retention = store.retention();
    this.queue = queue;
    this.purge = new Purge(engine, queue);
    this.nanoTime = store.nanoTime();
    this.lookNanos = nanoTime.getAsLong();
    this.lookMs = engine.clock().millis();
  }

  /** Returns the time until the next look. */
  synchronized long nanosUntilLook() {
    return Math.max(lookNanos + LOOK_NANOS - nanoTime.getAsLong(), 0);
  }

  /** Returns whether a batch runs. */
  synchronized boolean isDeleting() {
    return deleting;
  }

  /** Notes that a thread has claimed {@code count} pieces of work. */
  synchronized void claimed(int count) {
    idle = false;
    claims += count;
  }

  /** Notes that all threads are idle. */
  void idle() {
    synchronized (this) {
      idle = true;
    }
    look();
  }

  /** Ends the purge: no batch begins from now on. */
  synchronized void end() {
    ended = true;
  }

  /** Begins a batch if one is due. Does not wait. */
  void look() {
    if (begin()) {
      submit();
    }
  }

  /** Returns whether a batch must begin, and notes that it has begun. */
  private synchronized boolean begin() {
    long now = nanoTime.getAsLong();
    if (now - lookNanos >= LOOK_NANOS) {
      long nowMs = engine.clock().millis();
      purgeMs = Math.min(lookMs, nowMs);
      lookMs = nowMs;
      lookNanos = now;
      place = due ? place : PurgePlace.START;
      again = deleting; // the running batch belongs to the previous pass
      due = true;
      claims = CLAIMS_PER_BATCH; // the first batch of a minute does not wait for claims
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
    } catch (Throwable e) { // the claiming thread must continue
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
      reportSkipped(purged);
      deleted(purged, null);
    } catch (Throwable e) {
      deleted(null, e);
    }
  }

  /** Logs the work that cannot be deleted, but not again each minute. */
  private void reportSkipped(PurgeBatch purged) {
    List<Long> news = purged.skipped().stream().filter(id -> !reported.contains(id)).toList();
    if (reported.size() > REPORTED_MAX) {
      reported.clear();
    }
    reported.addAll(news);
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
