package dev.belay.sqlite;

/** Waiting for threads of the store's own. Stateless, safe for use by many threads. */
final class Threads {
  private Threads() {}

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
