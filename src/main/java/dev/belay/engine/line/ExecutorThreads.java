package dev.belay.engine.line;

import java.util.ArrayList;
import java.util.List;

/**
 * The threads of one executor, started when they are needed and replaced when an error has ended
 * them. Guarded by the executor's lock.
 */
final class ExecutorThreads {
  private final String name;
  private final int most;
  private final Runnable work;
  private final List<Thread> threads = new ArrayList<>();
  private int idle;

  /** None yet. */
  ExecutorThreads(String name, int most, Runnable work) {
    this.name = name;
    this.most = most;
    this.work = work;
  }

  /**
   * Starts a thread if none is idle and one more may run; returns whether one is idle now.
   *
   * @throws OutOfMemoryError if none can be started and there is no other
   */
  boolean ensureIdle() {
    boolean unused = threads.removeIf(thread -> !thread.isAlive());
    if (idle == 0 && threads.size() < most) {
      start();
    }
    return idle > 0;
  }

  private void start() {
    String numbered = most == 1 ? name : name + "-" + threads.size();
    Thread starting = Threads.daemon(numbered, work);
    try {
      starting.start();
      threads.add(starting);
    } catch (Throwable e) {
      if (threads.isEmpty()) { // else the others serve the line too
        throw e;
      }
    }
  }

  /** The current thread, which is one of these, has nothing to do from now on. */
  void becomesIdle() {
    idle++;
  }

  /** The current thread looks for work again. */
  void looksAgain() {
    idle--;
  }
}
