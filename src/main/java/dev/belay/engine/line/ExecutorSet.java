package dev.belay.engine.line;

import java.util.Iterator;
import java.util.List;

/**
 * The executors of one store, in the order in which they are closed. Immutable, safe for use by
 * many threads.
 *
 * @param callbacks runs the hooks and futures of the bodies
 */
public record ExecutorSet(List<ConnectionExecutor> executors, Callbacks callbacks) {
  public ExecutorSet {
    executors = List.copyOf(executors);
  }

  /** Returns whether the current thread runs a body of the store. */
  public boolean isOwnedByCurrentThread() {
    for (ConnectionExecutor executor : executors) {
      if (executor.isOwnedByCurrentThread()) {
        return true;
      }
    }
    return false;
  }

  /** Refuses new requests from now on, except those that belong to accepted requests. */
  public void refuse() {
    executors.forEach(ConnectionExecutor::refuse);
  }

  /**
   * Waits until the accepted requests have run, and everything that follows from them: the hooks
   * and futures of acknowledged commits may write too. Returns false after an interrupt, which ends
   * the wait.
   *
   * @param deadline the end of the wait, of {@code nanoTime}
   */
  public boolean settle(long deadline) {
    boolean quiet = false;
    while (!quiet && System.nanoTime() - deadline < 0) {
      quiet = true;
      for (ConnectionExecutor executor : executors) {
        try {
          quiet &= executor.awaitIdle(deadline);
        } catch (InterruptedException e) {
          return false;
        }
      }
      quiet &= callbacks.awaitQuiet(deadline);
      if (Thread.interrupted()) {
        return false;
      }
      quiet &= executors.stream().noneMatch(ConnectionExecutor::isAwaited);
    }
    return true;
  }

  /** Fails the requests that are still in line, and closes all connections. */
  public void close() {
    closeAll(executors.iterator());
  }

  private static void closeAll(Iterator<ConnectionExecutor> rest) {
    if (rest.hasNext()) {
      try {
        rest.next().close();
      } finally {
        closeAll(rest);
      }
    }
  }
}
