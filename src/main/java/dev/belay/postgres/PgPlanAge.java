package dev.belay.postgres;

import java.util.concurrent.TimeUnit;

/**
 * The age of the plans that the server keeps for one connection. Belongs to the thread that owns
 * the connection.
 *
 * <p>A plan that was made while a table was empty takes any index for as good as another. The
 * server keeps it until it analyses the table, and meanwhile each use may read a whole index. So
 * the plans are discarded after a second, then after twice as long each time, at last once a
 * minute.
 */
final class PgPlanAge {
  /** The statement that discards the plans; the statements stay prepared. */
  static final String DISCARD = "DISCARD PLANS";

  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

  private long madeNanos = System.nanoTime();
  private long ageNanosMax = FIRST_NANOS;

  /**
   * Returns the text of a call, which discards the plans in its own transaction if they are old.
   */
  String text(String call) {
    return isOver() ? call.substring(0, call.lastIndexOf("COMMIT")) + DISCARD + "; COMMIT" : call;
  }

  /** Returns whether the plans are to be discarded now; the age then begins at zero. */
  boolean isOver() {
    long nowNanos = System.nanoTime();
    if (nowNanos - madeNanos < ageNanosMax) {
      return false;
    }
    madeNanos = nowNanos;
    ageNanosMax = Math.min(2 * ageNanosMax, NANOS_MAX);
    return true;
  }
}
