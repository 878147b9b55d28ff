package dev.belay.sqlite;

/** The store's own threads. Stateless, safe for use by many threads. */
final class Threads {
  private Threads() {}

  /**
   * Makes a thread that keeps no JVM alive and inherits nothing of the current one: no priority, no
   * context class loader, no inheritable thread-local. Not started yet.
   */
  @SuppressWarnings("ThreadPriorityCheck") // not to run at the priority of the first caller
  static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.setPriority(Thread.NORM_PRIORITY);
    thread.setContextClassLoader(Threads.class.getClassLoader());
    return thread;
  }

  /** Waits until {@code ending} has ended; an interrupt is kept for afterwards. */
  static void joinUninterruptibly(Thread ending) {
    boolean interrupted = false;
    while (ending.isAlive()) {
      try {
        ending.join();
      } catch (InterruptedException e) {
        interrupted = true; // it ends by itself, and soon
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
