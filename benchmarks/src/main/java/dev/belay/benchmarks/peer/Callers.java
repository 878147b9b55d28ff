package dev.belay.benchmarks.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that do the same thing, and what they have thrown. Belongs to one thread. */
public final class Callers implements AutoCloseable {
  /** What one of them does. */
  public interface Body {
    /** Does it; callers are numbered from 0. */
    void run(int number) throws Exception;
  }

  private final ExecutorService threads;
  private final List<Future<?>> running = new ArrayList<>();

  private Callers(int count) {
    threads = Executors.newFixedThreadPool(count);
  }

  /** Starts them. */
  public static Callers start(int count, Body body) {
    Callers callers = new Callers(count);
    for (int i = 0; i < count; i++) {
      int number = i;
      callers.running.add(
          callers.threads.submit(
              () -> {
                body.run(number);
                return null;
              }));
    }
    return callers;
  }

  /** Waits for all of them; throws what the first that failed has thrown. */
  public void join() throws Exception {
    for (Future<?> each : running) {
      join(each);
    }
  }

  /** Throws if one of them has failed by now. */
  public void check() throws Exception {
    for (Future<?> each : running) {
      if (each.isDone()) {
        join(each); // it alone: the others may wait for what will never come
      }
    }
  }

  private static void join(Future<?> one) throws InterruptedException {
    try {
      one.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a caller failed: " + e.getCause(), e.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
