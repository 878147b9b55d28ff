package dev.belay.engine.line;

/**
 * The total time that the owners of a connection have spent waiting for other processes. Safe for
 * use by many threads.
 */
public final class WaitClock {
  private long waitedNanos;
  private long waitingSince;
  private boolean waiting;

  /** Starts counting: the owner of the connection waits from now on. */
  public synchronized void starts() {
    if (!waiting) {
      waiting = true;
      waitingSince = System.nanoTime();
    }
  }

  /** Stops counting: the owner of the connection no longer waits. */
  public synchronized void stops() {
    waitedNanos = nanos();
    waiting = false;
  }

  /** Returns the time waited so far, in nanoseconds. */
  public synchronized long nanos() {
    return waiting ? waitedNanos + (System.nanoTime() - waitingSince) : waitedNanos;
  }
}
