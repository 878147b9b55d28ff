package dev.belay.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** The threads on which a test runs actions that wait. Belongs to one test. */
public final class LaterThreads {
  /**
   * Runs each action on a new thread. The common pool of JDK 25 has one thread on two processors,
   * so that an action there may wait for one that never begins.
   */
  public static final Executor EACH = action -> new LaterThreads().run(Executors.callable(action));

  private final List<Thread> threads = new ArrayList<>();

  /** Runs {@code action} on a new thread. */
  public <T> CompletableFuture<T> run(Callable<T> action) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                future.complete(action.call());
              } catch (Throwable e) {
                future.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return future;
  }

  /** Returns the thread of the last action. */
  public Thread last() {
    return threads.get(threads.size() - 1);
  }

  /** Waits until all threads have ended. */
  public void join() throws InterruptedException {
    for (Thread thread : threads) {
      Patience.join(thread);
    }
  }

  /** Returns the result of an action, or throws what the action threw. */
  public static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return Patience.get(future);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
