package dev.belay.benchmarks.processes;

import java.util.concurrent.locks.LockSupport;

/**
 * Waits for an instant of {@link System#nanoTime}, and not less: a single park may return at once,
 * because somebody has unparked the thread before. Safe for use by many threads.
 */
final class Pause {
  private Pause() {}

  static void until(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Waits for a time from now. */
  static void ofNanos(long nanos) {
    until(System.nanoTime() + nanos);
  }
}
