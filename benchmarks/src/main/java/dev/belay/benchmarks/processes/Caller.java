package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.peer.OwnSession;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One thread that writes its own session again and again. Belongs to that thread; its results may
 * be read after it has ended.
 *
 * <p>A wait is the whole call as the caller sees it. A call that was under way when the window
 * opened or closed counts with its whole wait: else whoever is starved would not show.
 */
final class Caller implements Callable<Caller> {
  private static final long WAIT_MAX = TimeUnit.SECONDS.toNanos(100);

  private final Writer writer;
  private final int number;
  private final OwnSession session;
  private final long pauseNanos;
  private final Window window;
  private final LogLimit limit;
  private final Histogram waits = new Histogram(WAIT_MAX, 3);
  private final SlowCalls slow = new SlowCalls();
  private long writes;

  Caller(
      Writer writer, int number, OwnSession session, int pauseMs, Window window, LogLimit limit) {
    this.writer = writer;
    this.number = number;
    this.session = session;
    this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMs);
    this.window = window;
    this.limit = limit;
  }

  @Override
  public Caller call() throws Exception {
    window.awaitStart();
    for (long before = System.nanoTime(); !isOver(before); before = System.nanoTime()) {
      writer.write(number, session);
      long after = System.nanoTime();
      if (window.holds(after)) {
        writes++;
      }
      if (window.touches(after)) {
        waits.recordValue(after - before);
        slow.add(window, before, session, after);
      }
      Pause.ofNanos(pauseNanos);
    }
    return this;
  }

  private boolean isOver(long nanos) throws IOException {
    return window.isOver(nanos) || limit.isPassed(nanos);
  }

  Histogram waits() {
    return waits;
  }

  SlowCalls slow() {
    return slow;
  }

  /** How many writes ended in the window. */
  long writes() {
    return writes;
  }
}
