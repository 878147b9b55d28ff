package dev.belay.queue;

import dev.belay.store.StoreClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The running workers of one open store, which are stopped first when the store closes. Safe for
 * use by many threads.
 */
final class WorkerRegistry {
  /**
   * A running worker. It is stopped in three steps, so that many workers can stop at the same time.
   */
  interface Running {
    /** Returns the time for which its handlers may continue after a stop. */
    Duration grace();

    /** Returns whether the current thread is one of its threads that run handlers. */
    boolean isWorkerThread();

    /** Ends claiming, and begins the grace period. */
    void beginStop();

    /** Ends the grace period immediately. */
    void endGrace();

    /**
     * Waits for the handlers until the grace period is over, and interrupts those that have not
     * returned. Returns whether the current thread was interrupted, which ends the grace period.
     */
    boolean awaitHandlers();

    /**
     * Gives back the work of handlers that do not return, and ends. Returns whether the current
     * thread was interrupted.
     */
    boolean endStop();
  }

  private final Set<Running> running = new HashSet<>();
  private boolean closed;

  /**
   * Adds a worker that is about to start.
   *
   * @throws StoreClosedException if {@link #close} was called
   */
  synchronized void add(Running worker) {
    if (closed) {
      throw new StoreClosedException("no worker can be started: the store is closed", null);
    }
    running.add(worker);
  }

  synchronized void remove(Running worker) {
    running.remove(worker);
  }

  /** Returns whether the current thread is one of a worker. */
  boolean isWorkerThread() {
    return started().stream().anyMatch(Running::isWorkerThread);
  }

  /**
   * Stops all workers at the same time, as {@link Worker#close} does, and waits for them. An
   * interrupt ends all grace periods; the flag is set again.
   */
  void close() {
    synchronized (this) {
      closed = true;
    }
    List<Running> stopping = new ArrayList<>(started());
    // The shortest grace period first, so that each ends at its own time.
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
