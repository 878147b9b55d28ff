package dev.belay.engine.line;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.TimeUnit;

/**
 * Creates the threads of a store, and waits for their end. Stateless, safe for use by many threads.
 *
 * <p>No other class of Belay creates threads. They are daemons and inherit nothing from the thread
 * that happens to need them first: no thread locals, no priority, no context class loader, no
 * thread group, and no access control context, which would keep the caller's classes in memory.
 */
public final class Threads {
  private Threads() {}

  /** A way to create a thread that is not started yet: {@link Threads#daemon}, except in tests. */
  @FunctionalInterface
  public interface Maker {
    Thread daemon(String name, Runnable task);
  }

  /** Returns a thread that runs {@code task} once it is started. */
  @SuppressWarnings("removal") // JDK 17 captures the classes on the stack without it
  public static Thread daemon(String name, Runnable task) {
    PrivilegedAction<Thread> make = () -> new Daemon(task, name);
    return AccessController.doPrivileged(make);
  }

  /** Returns whether {@link #daemon} created {@code thread}, for any store. */
  static boolean isOwn(Thread thread) {
    return thread instanceof Daemon;
  }

  /**
   * Waits until {@code ending} has ended. An interrupt does not end the wait; the flag is set again
   * afterwards.
   */
  public static void joinUninterruptibly(Thread ending) {
    var unused = joinUninterruptibly(ending, Long.MAX_VALUE);
  }

  /**
   * As {@link #joinUninterruptibly(Thread)}, but waits for at most {@code ms}. Returns whether it
   * has ended.
   */
  public static boolean joinUninterruptibly(Thread ending, long ms) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    boolean interrupted = false;
    long left = ms;
    while (ending.isAlive() && left > 0) {
      try {
        ending.join(left);
      } catch (InterruptedException e) {
        interrupted = true; // the other thread ends soon, and by itself
      }
      left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !ending.isAlive();
  }

  private static final class Daemon extends Thread {
    @SuppressWarnings("ThreadPriorityCheck") // not to run at the priority of the first caller
    Daemon(Runnable task, String name) {
      super(rootGroup(), task, name, 0, false);
      setDaemon(true);
      setPriority(NORM_PRIORITY);
      setContextClassLoader(Threads.class.getClassLoader());
    }

    /**
     * Returns the root group: any other group may limit the priority, or be destroyed while the
     * store is open.
     */
    private static ThreadGroup rootGroup() {
      ThreadGroup group = Thread.currentThread().getThreadGroup();
      for (ThreadGroup above = group.getParent(); above != null; above = group.getParent()) {
        group = above;
      }
      return group;
    }
  }
}
