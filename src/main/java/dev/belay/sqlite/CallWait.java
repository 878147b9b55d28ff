package dev.belay.sqlite;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.sqlite.BusyHandler;

/**
 * The busy handler of a call: it makes a statement wait for the file's lock, for at most the busy
 * timeout. The time during which a checkpoint of this store blocks all writers does not count.
 * Belongs to the thread that runs the body.
 */
final class CallWait extends BusyHandler {
  private static final long PARK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PARK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(16);

  /**
   * The number of tries before the timeout can apply: a checkpoint may have ended just before this
   * handler asked about it.
   */
  private static final int TRIES_MIN = 3;

  private final long timeoutNanos;
  private final BooleanSupplier ownCheckpoint;
  private long waitedNanos;

  /**
   * Creates a busy handler for one connection.
   *
   * @param ownCheckpoint returns whether a checkpoint of this store blocks all writers now
   */
  CallWait(int timeoutMs, BooleanSupplier ownCheckpoint) {
    this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    this.ownCheckpoint = ownCheckpoint;
  }

  /** Called by SQLite after each failed try. Returns 1 if SQLite must try again, otherwise 0. */
  @Override
  protected int callback(int triesBefore) {
    if (triesBefore == 0) {
      waitedNanos = 0;
    }
    if (ownCheckpoint.getAsBoolean()) {
      park(PARK_NANOS_MIN);
      return 1;
    }
    if (triesBefore >= TRIES_MIN && waitedNanos >= timeoutNanos) {
      return 0;
    }
    long start = System.nanoTime();
    park(Math.min(PARK_NANOS_MAX, PARK_NANOS_MIN << Math.min(triesBefore, 4)));
    waitedNanos += System.nanoTime() - start;
    return 1;
  }

  /** Parks also if the thread is interrupted; its flag is set again afterwards. */
  private static void park(long nanos) {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
