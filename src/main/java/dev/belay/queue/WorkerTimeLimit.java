package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The time limit of one worker: interrupts handlers that run too long, on a thread of its own that
 * runs no code of users. Safe for use by many threads.
 */
final class WorkerTimeLimit implements Runnable {
  /*
   * The time is measured by nanoTime and by the store's clock, and the longer result counts, as for
   * a claim: if the clock jumps, in a test or when a machine wakes up, the claims have also lapsed.
   */
  private static final int LOOKS_PER_LIMIT = 20;
  private static final long LOOK_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LOOK_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);

  private final StoreEngine engine;
  private final String queue;
  private final Duration limit;
  private final InstantSource clock;
  private final List<WorkerThread> handlers;
  private final Thread thread;
  private volatile boolean ended;
  private boolean reported;

  /** Creates a time limit whose thread is not started. */
  WorkerTimeLimit(StoreEngine engine, String queue, Duration limit, List<WorkerThread> handlers) {
    this.engine = engine;
    this.queue = queue;
    this.limit = limit;
    this.clock = engine.clock();
    this.handlers = handlers;
    this.thread = engine.daemon("belay-limit-" + queue, this);
  }

  void start() {
    thread.start();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  void end() {
    ended = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    long nanos = Times.nanos("timeLimit", limit);
    long lookNanos = Math.min(Math.max(nanos / LOOKS_PER_LIMIT, LOOK_NANOS_MIN), LOOK_NANOS_MAX);
    while (!ended) {
      LockSupport.parkNanos(this, lookNanos);
      try {
        look();
      } catch (Throwable e) { // even an Error: later handlers need this thread
        report(e);
      }
    }
  }

  private void look() {
    long nowNanos = System.nanoTime();
    long nowMs = clock.millis();
    handlers.forEach(handler -> handler.limit(limit, nowNanos, nowMs));
    reported = false;
  }

  private void report(Throwable failure) {
    if (!reported) {
      reported = true;
      engine.warn("queue " + queue + ": cannot look for handlers that run too long", failure);
    }
  }
}
