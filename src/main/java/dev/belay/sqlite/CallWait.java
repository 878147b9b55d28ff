package dev.belay.sqlite;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.sqlite.BusyHandler;

/**
 * How a statement of a call waits for the file's lock: for at most the busy timeout, in which the
 * time during which a checkpoint of this store keeps all processes from writing is not counted.
 * Belongs to the thread that runs the body.
 */
final class CallWait extends BusyHandler {
  private static final long PARK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PARK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(16);

  /**
   * So often it is tried whatever the timeout: a checkpoint may have ended just before we asked.
   */
  private static final int TRIES_MIN = 3;

  private final long timeoutNanos;
  private final BooleanSupplier ownCheckpoint;
  private long waitedNanos;

  /**
   * Waits for nothing yet.
   *
   * @param ownCheckpoint whether a checkpoint of this store keeps all processes from writing now
   */
  CallWait(int timeoutMs, BooleanSupplier ownCheckpoint) {
    this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    this.ownCheckpoint = ownCheckpoint;
  }

  /** Returns whether SQLite is to try again, which asks after each try that failed. */
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

  /** The flag of an interrupted thread is kept for afterwards. */
  private static void park(long nanos) {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
