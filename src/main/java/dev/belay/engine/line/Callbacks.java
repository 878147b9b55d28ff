package dev.belay.engine.line;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The {@code belay-callback} threads: where futures complete and hooks run, so that no code of a
 * user ever holds the connection up. Safe for use by many threads.
 *
 * <p>No task keeps another waiting: there are as many threads as there are tasks that block. Tasks
 * have no order.
 */
public final class Callbacks implements Executor {
  /*
   * A thread that ends its task takes the next. To wake another for every task would cost more than
   * most tasks, so while one runs, a second stands by: it looks every quarter of a millisecond, takes
   * a task that was there at the look before, and then another stands by.
   *
   * A thread may fail to start. Therefore the last free thread takes no task, which may block, before
   * it has a successor. While none can be started it tries again, and the threads that end their
   * task take the next; only when no other task runs does it run one without a successor.
   */
  private static final long BACKLOG = 8; // so many tasks behind each that runs call one more thread
  private static final int KEPT = 2; // one to run a task, and its successor

  /** How long to wait between two attempts at what there is no memory or no thread for. */
  static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Threads.Maker maker;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  // The fields below belong to the holder of this object's monitor.
  final TaskLine tasks = new TaskLine();
  final IdleThreads idle = new IdleThreads();
  private @Nullable CallbackThread standby;
  private boolean calling; // a thread has been called or started and has not looked yet
  private int running;
  private long open;
  private int alive;
  private long started;
  private boolean retired;

  public Callbacks() {
    this(Threads::daemon);
  }

  public Callbacks(Threads.Maker maker) {
    this.maker = maker;
  }

  /**
   * Runs {@code callback} soon. Never throws and never loses it: if no thread can be started, it
   * waits until one of the callback threads is free or another can be started.
   */
  @Override
  public void execute(Runnable callback) {
    TaskLine.Task task = taskOf(Objects.requireNonNull(callback, "callback"));
    CallbackThread called;
    synchronized (this) {
      open++;
      tasks.add(task);
      if (calling || (standby != null && !isWanted())) {
        return; // that one looks soon
      }
      called = callIdle();
    }
    wakeOrStart(called);
  }

  /** Waits for memory if there is none, because a thread may wait for this callback. */
  private static TaskLine.Task taskOf(Runnable callback) {
    while (true) {
      try {
        return new TaskLine.Task(callback);
      } catch (OutOfMemoryError e) {
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  /**
   * Makes sure that a thread is there for the first task, before anything depends on one. Does
   * nothing if there is one; the thread stays until {@link #retire}.
   *
   * @throws OutOfMemoryError if none can be started
   */
  public void ensureStarted() {
    synchronized (this) {
      if (alive > 0 || calling) {
        return;
      }
      calling = true;
    }
    Throwable failure = start();
    if (failure instanceof Error error) {
      throw error;
    }
  }

  /** Whether the current thread is one of these. */
  public boolean isCallbackThread() {
    return threads.contains(Thread.currentThread());
  }

  /**
   * Waits until every task that was handed in has ended, those that tasks hand in included. False
   * if they have not by {@code deadlineNanoTime} of {@link System#nanoTime}, or if the thread is
   * interrupted; its interrupt flag stays set. Not for a callback thread, which would wait for
   * itself.
   */
  public boolean awaitQuiet(long deadlineNanoTime) {
    while (true) {
      CallbackThread called;
      synchronized (this) {
        long left = deadlineNanoTime - System.nanoTime();
        if (open == 0) {
          return true;
        }
        if (left <= 0) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(this, Math.max(Math.min(left, RETRY_NANOS), 1_000_000));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return open == 0;
        }
        if (tasks.isEmpty() || calling) {
          continue;
        }
        called = callIdle(); // no thread could be started when the task came
      }
      wakeOrStart(called);
    }
  }

  /** Keeps no thread any more: each ends when there is nothing to do. Tasks still run. */
  public void retire() {
    synchronized (this) {
      retired = true;
      idle.wakeAll();
    }
  }

  private void wakeOrStart(@Nullable CallbackThread called) {
    if (called != null) {
      called.wake();
    } else {
      Throwable unused = start(); // else the task waits for a thread that is free
    }
  }

  /** Starts the thread that has been called; what that failed with, null if it has been started. */
  @Nullable Throwable start() {
    Thread thread = null;
    try {
      long number;
      synchronized (this) {
        number = ++started;
        alive++;
      }
      thread = new CallbackThread(this, maker, "belay-callback-" + number).thread();
      threads.add(thread);
      thread.start();
      return null;
    } catch (Throwable e) {
      if (thread != null) {
        threads.remove(thread);
      }
      CallbackThread instead;
      synchronized (this) {
        alive--;
        calling = false;
        // One may have become idle meanwhile, and a task come that relied on this thread.
        instead = !tasks.isEmpty() && !idle.isEmpty() ? callIdle() : null;
      }
      if (instead != null) {
        instead.wake();
      }
      return e;
    }
  }

  void ended(Thread thread) {
    threads.remove(thread);
  }

  // What follows is for the holder of the monitor.

  boolean isRunning() {
    return running > 0;
  }

  /** Whether a thread other than {@code thread} is free for the next task. */
  boolean hasSuccessor(CallbackThread thread) {
    return calling || !idle.isEmpty() || (standby != null && standby != thread);
  }

  /** Whether a thread looks after the tasks that wait: one on its way, or one on standby. */
  boolean isLookedAfter() {
    return calling || standby != null;
  }

  /** Whether a thread that has run no task just now is to take the first: it has waited. */
  boolean isWanted() {
    return tasks.hasWaited() || tasks.size() > BACKLOG * running;
  }

  /** Lets {@code thread} stand by; false if another does. */
  boolean standsBy(CallbackThread thread) {
    if (standby == null) {
      standby = thread;
      tasks.looks();
    }
    return standby == thread;
  }

  void standsByNoMore(CallbackThread thread) {
    if (standby == thread) {
      standby = null;
    }
  }

  /** Takes the first task, for a thread that runs it at once. */
  @Nullable Runnable take() {
    Runnable task = tasks.take();
    if (task != null) {
      running++;
    }
    return task;
  }

  void taskEnded() {
    running--;
    open--;
    if (open == 0) {
      notifyAll();
    }
  }

  /** A thread is on its way no more: it looks now. */
  void arrived() {
    calling = false;
  }

  /**
   * Calls the thread that became idle last, or the one that stands by, which the caller then wakes;
   * null if one is on its way already, or if the caller has to start one.
   */
  @Nullable CallbackThread callIdle() {
    CallbackThread called = null;
    if (!calling) {
      called = idle.isEmpty() ? standby : idle.pop();
      calling = true;
    }
    if (called != null) {
      called.arrives();
    }
    return called;
  }

  /** The caller starts a thread. */
  void startsOne() {
    calling = true;
  }

  /** Whether a thread that finds no task is to end, which then counts as done. */
  boolean letsGo(boolean expired) {
    boolean leaves = retired || (expired && alive > KEPT);
    if (leaves) {
      alive--;
    }
    return leaves;
  }
}
