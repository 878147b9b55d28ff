package dev.belay.engine;

import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The source of the fencing tokens of all grants, leases and claims alike. Safe for use by many
 * threads. For Belay's own features; each open store has one.
 *
 * <p>A token is {@code max(last + 1, now in milliseconds × 1024)} of one counter in the store. So
 * tokens keep growing after a release, an expiry, a deletion or a restart. Because the clock drives
 * them, they also keep growing after a power failure that lost the last grants, and after a backup
 * has been restored. If the clock has been set back, each token is one larger than the last.
 */
public final class TokenSpace {
  /** The largest token. The clock reaches it in the year 144683. */
  public static final long TOKEN_MAX = Long.MAX_VALUE / 2;

  /** The number of tokens for which the clock makes room in one millisecond. */
  static final long TOKENS_PER_MS = 1024;

  // A rollback resets the stored counter, but others may have seen the tokens of that body.
  private final AtomicLong highest = new AtomicLong();

  /** A space that has returned no token yet. */
  public TokenSpace() {}

  /**
   * Returns a token that is larger than every token of the store, and than every token that this
   * space has returned, also to bodies that were rolled back.
   *
   * @throws StoreCorruptException if the store's counter is missing or out of bounds
   * @throws IllegalStateException if the clock is past the range of tokens, or {@code tx} cannot
   *     write
   */
  public long next(Tx tx) {
    return next(tx, 1, 0);
  }

  /**
   * As {@link #next(Tx)}, for {@code count} consecutive tokens; returns the first of them.
   *
   * @param count at least 1
   * @param after the largest token so far of what is granted, where tokens do not grow over the
   *     whole store; the new tokens are larger
   * @throws IllegalArgumentException if {@code count} is not
   */
  public long next(Tx tx, int count, long after) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1: " + count);
    }
    if (!tx.writable()) {
      throw new IllegalStateException("a grant needs the Tx of a write; this one cannot write");
    }
    if (tx.runner() instanceof StoreEngine engine) {
      OptionalLong first = engine.newNumbers(tx, count, after);
      if (first.isPresent()) {
        return first.getAsLong();
      }
    }
    TokenDao dao = tx.attach(TokenDao.class);
    long floor = Math.max(ofClock(tx.now().toEpochMilli()), Math.addExact(highest.get(), 1));
    long lastMin = Math.addExact(floor, count - 1);
    if (lastMin > TOKEN_MAX) {
      throw corrupt(dao);
    }
    long last = dao.advance(lastMin, count, TOKEN_MAX).orElseThrow(() -> corrupt(dao));
    highest.accumulateAndGet(last, Math::max);
    return last - count + 1;
  }

  private static long ofClock(long nowMs) {
    if (nowMs > TOKEN_MAX / TOKENS_PER_MS) {
      throw new IllegalStateException(
          "the clock is past what a token can hold: " + nowMs + " ms since 1970");
    }
    return Math.multiplyExact(Math.max(nowMs, 0), TOKENS_PER_MS);
  }

  private static StoreCorruptException corrupt(TokenDao dao) {
    return new StoreCorruptException(
        "counter 'token' must be from 0 and below "
            + TOKEN_MAX
            + ", found "
            + dao.stored().map(String::valueOf).orElse("none"),
        null);
  }
}
