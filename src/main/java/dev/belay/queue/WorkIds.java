package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.util.OptionalLong;

/**
 * The ids of work. Stateless, safe for use by many threads.
 *
 * <p>An id is {@code max(last + 1, now in milliseconds × 1024)}, as a token is; the last is the
 * largest that is or ever was in the store. So in one file ids grow in the order of commits;
 * because the clock drives them, they do not come back after a power cut that took the last
 * commits, nor from a copy that was restored. While the clock is set back they go on by one. An id
 * that a body saw before it was rolled back was never given; it may be given later.
 */
final class WorkIds {
  /** The largest id: a receipt keeps an id and three bits beside it. The year is 37648 then. */
  static final long ID_MAX = (1L << 60) - 1;

  /** How many ids the clock makes room for in a millisecond. */
  private static final long IDS_PER_MS = 1024;

  private WorkIds() {}

  /** The first of {@code count} new ids: it and those that follow belong to the caller. */
  static long next(Tx tx, int count) {
    if (tx.runner() instanceof StoreEngine engine) {
      OptionalLong first = engine.newNumbers(tx, count, 0);
      if (first.isPresent()) {
        return first.getAsLong();
      }
    }
    long nowMs = tx.now().toEpochMilli();
    if (nowMs > ID_MAX / IDS_PER_MS) {
      throw new IllegalStateException(
          "the clock is past what an id of work can hold: " + nowMs + " ms since 1970");
    }
    long last = tx.attach(EnqueueDao.class).largestId().orElseThrow(() -> corrupt("no counter"));
    long next = Math.max(last + 1, Math.max(nowMs, 0) * IDS_PER_MS);
    if (last > ID_MAX - count || next > ID_MAX - count + 1) {
      throw corrupt(String.valueOf(last));
    }
    return next;
  }

  private static StoreCorruptException corrupt(String found) {
    return new StoreCorruptException(
        "the largest id of work must be from 0 and below " + ID_MAX + ", found " + found, null);
  }
}
