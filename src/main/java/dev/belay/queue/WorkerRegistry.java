package dev.belay.queue;

import dev.belay.store.StoreClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The workers of one open store that have been started and have not stopped, so that closing the
 * store stops them first. Safe for use by many threads.
 */
final class WorkerRegistry {
  /** A worker that runs. It is stopped in three steps, so that many stop at the same time. */
  interface Running {
    /** How long its handlers may go on once it stops. */
    Duration grace();

    /** Whether the current thread runs one of its handlers. */
    boolean isWorkerThread();

    /** Claims no more; the grace period begins. */
    void beginStop();

    /** Ends the grace period now. */
    void endGrace();

    /**
     * Waits for the handlers until the grace period is over, and interrupts those that go on.
     * Returns whether the current thread was interrupted, which ends the grace period too.
     */
    boolean awaitHandlers();

    /**
     * Gives back what handlers do not return from, and ends. Returns whether the current thread was
     * interrupted.
     */
    boolean endStop();
  }

  private final Set<Running> running = new HashSet<>();
  private boolean closed;

  /** Adds a worker that is about to start. */
  synchronized void add(Running worker) {
    if (closed) {
      throw new StoreClosedException("no worker can be started: the store is closed", null);
    }
    running.add(worker);
  }

  synchronized void remove(Running worker) {
    running.remove(worker);
  }

  /** Whether the current thread runs a handler of one of them. */
  boolean isWorkerThread() {
    return started().stream().anyMatch(Running::isWorkerThread);
  }

  /**
   * Stops all of them as {@link Worker#close} does, at the same time, and waits for that. After an
   * interrupt every grace period is over; the flag is set again.
   */
  void close() {
    synchronized (this) {
      closed = true;
    }
    List<Running> stopping = new ArrayList<>(started());
    // The shortest grace period first, so that each ends when it should.
    stopping.sort(Comparator.comparing(Running::grace));
    boolean interrupted = Thread.interrupted();
    stopping.forEach(Running::beginStop);
    for (Running worker : stopping) {
      if (interrupted) {
        worker.endGrace();
      }
      interrupted |= worker.awaitHandlers();
    }
    for (Running worker : stopping) {
      interrupted |= worker.endStop();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<Running> started() {
    return List.copyOf(running);
  }
}
