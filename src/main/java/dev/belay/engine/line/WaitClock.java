package dev.belay.engine.line;

/**
 * How long the owner of a connection has waited for others than this process, all waits together.
 * Safe for use by many threads.
 */
public final class WaitClock {
  private long waitedNanos;
  private long waitingSince;
  private boolean waiting;

  /** The owner of the connection waits from now on. */
  public synchronized void starts() {
    if (!waiting) {
      waiting = true;
      waitingSince = System.nanoTime();
    }
  }

  /** The owner of the connection no longer waits. */
  public synchronized void stops() {
    waitedNanos = nanos();
    waiting = false;
  }

  /** The time waited so far, in nanoseconds. */
  public synchronized long nanos() {
    return waiting ? waitedNanos + (System.nanoTime() - waitingSince) : waitedNanos;
  }
}
