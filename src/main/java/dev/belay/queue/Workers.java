package dev.belay.queue;

import dev.belay.store.StoreClosedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The workers of one open store that have been started and have not stopped, so that closing the
 * store stops them first. Safe for use by many threads.
 */
final class Workers {
  private final Set<WorkerCrew> running = new HashSet<>();
  private boolean closed;

  /** Takes in a worker that is about to start. */
  synchronized void add(WorkerCrew worker) {
    if (closed) {
      throw new StoreClosedException("no worker can be started: the store is closed", null);
    }
    running.add(worker);
  }

  synchronized void remove(WorkerCrew worker) {
    running.remove(worker);
  }

  /** Whether the current thread runs a handler of one of them. */
  boolean isWorkerThread() {
    return started().stream().anyMatch(WorkerCrew::isWorkerThread);
  }

  /**
   * Stops all of them as {@link Worker#close} does, at the same time, and waits for that. After an
   * interrupt every grace period is over; the flag is set again.
   */
  void close() {
    synchronized (this) {
      closed = true;
    }
    List<WorkerCrew> stopping = new ArrayList<>(started());
    // The shortest grace period first, so that each ends when it should.
    stopping.sort(Comparator.comparing(WorkerCrew::grace));
    boolean interrupted = Thread.interrupted();
    stopping.forEach(WorkerCrew::beginStop);
    for (WorkerCrew worker : stopping) {
      interrupted |= worker.awaitHandlers(interrupted);
    }
    for (WorkerCrew worker : stopping) {
      interrupted |= worker.endStop();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<WorkerCrew> started() {
    return List.copyOf(running);
  }
}
