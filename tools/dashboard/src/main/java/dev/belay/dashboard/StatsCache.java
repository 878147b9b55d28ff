package dev.belay.dashboard;

import dev.belay.Belay;
import dev.belay.StoreStats;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of the store, read at most so often that reading takes a tenth of the time: however
 * many pages are open, a large store is not read all the time. Safe for use by many threads.
 */
final class StatsCache {
  /** A reading that took less is not kept: the next page has the newest numbers. */
  private static final long FAST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Belay belay;
  private final StoreStats first;
  private @Nullable StoreStats last;
  private long validUntil;

  StatsCache(Belay belay) {
    this.belay = belay;
    this.first = belay.stats();
  }

  /** Returns the numbers when the dashboard was made. */
  StoreStats first() {
    return first;
  }

  synchronized StoreStats get() {
    long now = System.nanoTime();
    StoreStats kept = last;
    if (kept != null && now - validUntil < 0) {
      return kept;
    }
    StoreStats read = belay.stats();
    long took = System.nanoTime() - now;
    last = took < FAST_NANOS ? null : read;
    validUntil = now + 10 * took;
    return read;
  }

  /** Forgets what was read, because an action has changed the store. */
  synchronized void clear() {
    last = null;
  }
}
