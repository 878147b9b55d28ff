package dev.belay.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * Threads that use all processors until they are closed, so that a test runs as on a busy machine.
 * Safe for use by many threads.
 */
public final class Hog implements AutoCloseable {
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  private Hog(int count) {
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::run, "hog-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  /** Starts twice as many threads as there are processors. */
  public static Hog ofTwiceTheProcessors() {
    return of(2 * Runtime.getRuntime().availableProcessors());
  }

  /** Starts {@code count} threads. */
  public static Hog of(int count) {
    return new Hog(count);
  }

  /** Returns the number of running threads. */
  public int running() {
    return (int) threads.stream().filter(Thread::isAlive).count();
  }

  /** Ends the threads and returns when they have ended. */
  @Override
  public void close() {
    over = true;
    try {
      for (Thread thread : threads) {
        Patience.join(thread);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!over) {
      Thread.onSpinWait();
    }
  }
}
