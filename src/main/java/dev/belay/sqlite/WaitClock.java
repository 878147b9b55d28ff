package dev.belay.sqlite;

/**
 * How long the owner of a connection has waited for others than this process, all waits together.
 * Safe for use by many threads.
 */
final class WaitClock {
  private long waitedNanos;
  private long waitingSince;
  private boolean waiting;

  /** The owner of the connection waits from now on. */
  synchronized void starts() {
    if (!waiting) {
      waiting = true;
      waitingSince = System.nanoTime();
    }
  }

  /** The owner of the connection no longer waits. */
  synchronized void stops() {
    waitedNanos = nanos();
    waiting = false;
  }

  /** The time waited so far, in nanoseconds. */
  synchronized long nanos() {
    return waiting ? waitedNanos + (System.nanoTime() - waitingSince) : waitedNanos;
  }
}
