package dev.belay.benchmarks.processes;

import java.util.concurrent.TimeUnit;

/**
 * The time that is measured, the same in every process. Immutable.
 *
 * @param startNanos when the processes start, by nanoTime; from here on they warm up
 */
record Window(long startNanos, int warmUpMs, int measureMs) {
  void awaitStart() {
    Pause.until(startNanos);
  }

  boolean isOver(long nanos) {
    return nanos - endNanos() >= 0;
  }

  /** Whether something that ended then is counted in the throughput. */
  boolean holds(long nanos) {
    return nanos - beginNanos() >= 0 && !isOver(nanos);
  }

  /** Whether something that went on until then lay in the window, be it in part. */
  boolean touches(long untilNanos) {
    return untilNanos - beginNanos() >= 0;
  }

  long beginNanos() {
    return startNanos + TimeUnit.MILLISECONDS.toNanos(warmUpMs);
  }

  long endNanos() {
    return beginNanos() + TimeUnit.MILLISECONDS.toNanos(measureMs);
  }
}
