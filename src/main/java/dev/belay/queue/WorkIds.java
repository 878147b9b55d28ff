package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.util.OptionalLong;

/**
 * The ids of work. Stateless, safe for use by many threads.
 *
 * <p>An id is {@code max(last + 1, now in milliseconds × 1024)}, as a token is; {@code last} is the
 * largest id that is or ever was in the store. Consequences:
 *
 * <ul>
 *   <li>In one file ids grow in the order of commits.
 *   <li>Because ids follow the clock, they are not used again after a power failure that lost the
 *       last commits, or after a copy was restored.
 *   <li>While the clock is set back, ids grow by one.
 *   <li>An id of a body that was rolled back may be used later.
 * </ul>
 */
final class WorkIds {
  /**
   * The largest id: 2^60 - 1, because a receipt keeps three bits beside an id. The clock reaches it
   * in the year 37648.
   */
  static final long ID_MAX = (1L << 60) - 1;

  /** The number of ids for each millisecond of the clock: 1,024. */
  private static final long IDS_PER_MS = 1024;

  private WorkIds() {}

  /** Returns the first of {@code count} new ids; the caller owns it and the following ones. */
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
