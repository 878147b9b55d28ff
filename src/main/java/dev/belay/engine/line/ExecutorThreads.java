package dev.belay.engine.line;

import java.util.ArrayList;
import java.util.List;

/**
 * The threads of one executor. They are started when they are needed, and replaced when an error
 * has ended them. Guarded by the executor's lock.
 */
final class ExecutorThreads {
  private final String name;
  private final int most;
  private final Runnable work;
  private final List<Thread> threads = new ArrayList<>();
  private int idle;

  /** Creates the set of threads without starting any. */
  ExecutorThreads(String name, int most, Runnable work) {
    this.name = name;
    this.most = most;
    this.work = work;
  }

  /**
   * Starts a thread if none is idle and one more may run. Returns whether a thread is idle now.
   *
   * @throws OutOfMemoryError if no thread can be started and there is no other
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
      if (threads.isEmpty()) { // otherwise the other threads serve the line
        throw e;
      }
    }
  }

  /** Notes that the current thread, one of these, becomes idle. */
  void becomesIdle() {
    idle++;
  }

  /** Notes that the current thread is no longer idle. */
  void looksAgain() {
    idle--;
  }
}
