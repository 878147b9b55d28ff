package dev.belay.engine.line;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The {@code belay-callback} threads. Futures complete and hooks run on them, so that no code of a
 * user ever blocks the connection. Safe for use by many threads.
 *
 * <p>A task that blocks never delays another: there are as many threads as there are tasks that
 * block. Tasks have no order.
 */
public final class Callbacks implements Executor {
  /*
   * 1. A thread that has finished its task takes the next one. Waking another thread for every task
   *    would cost more than most tasks take.
   * 2. While a task runs, a second thread is on standby. It looks at the tasks every 250 microseconds
   *    and takes a task that was already waiting at its previous look. Then another thread goes
   *    on standby.
   *
   * 3. A thread may fail to start. Therefore the last free thread takes no task before it has a
   *    successor: the task may block.
   * 4. While no successor can be started, the last free thread keeps trying, and the threads that
   *    finish their tasks take the next ones. It runs a task without a successor only while no other task runs.
   */
  private static final long BACKLOG = 8; // waiting tasks per running task that call one more thread
  private static final int KEPT = 2; // threads: one to run a task, and its successor

  /** The pause between two attempts while there is no memory, or no thread can be started. */
  static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Threads.Maker maker;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  // The fields below belong to the holder of this object's monitor.
  final TaskLine tasks = new TaskLine();
  final IdleThreads idle = new IdleThreads();
  private @Nullable CallbackThread standby;
  private boolean calling; // a thread was called or started and has not looked at the tasks yet
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
   * Runs {@code callback} soon. Never throws, and never loses the callback: if no thread can be
   * started, the callback waits until a callback thread is free or another one can be started.
   */
  @Override
  public void execute(Runnable callback) {
    TaskLine.Task task = taskOf(Objects.requireNonNull(callback, "callback"));
    CallbackThread called;
    synchronized (this) {
      open++;
      tasks.add(task);
      if (calling || (standby != null && !isWanted())) {
        return; // the called or standby thread looks soon
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
   * Starts a thread for the first task before anything depends on one. Does nothing if there is a
   * thread already. The thread stays until {@link #retire}.
   *
   * @throws OutOfMemoryError if no thread can be started
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

  /** Returns whether the current thread is a callback thread of this object. */
  public boolean isCallbackThread() {
    return threads.contains(Thread.currentThread());
  }

  /**
   * Waits until all submitted tasks have ended, including tasks that tasks submit. Returns false if
   * they have not ended by {@code deadlineNanoTime} (of {@link System#nanoTime}), or if the current
   * thread is interrupted; its interrupt flag then stays set. A callback thread must not call this:
   * it would wait for itself.
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
        called = callIdle(); // no thread could be started when the task was submitted
      }
      wakeOrStart(called);
    }
  }

  /** Stops keeping threads: from now on each thread ends when it finds no task. Tasks still run. */
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
      Throwable unused = start(); // if it fails, the task waits for a free thread
    }
  }

  /** Starts the thread that has been called. Returns the failure; null if it has been started. */
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
        // Meanwhile a thread may have become idle, and a task may have been submitted that relied
        // on the thread that did not start.
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

  // All methods below must be called under this object's monitor.

  boolean isRunning() {
    return running > 0;
  }

  /** Returns whether a thread other than {@code thread} is free for the next task. */
  boolean hasSuccessor(CallbackThread thread) {
    return calling || !idle.isEmpty() || (standby != null && standby != thread);
  }

  /** Returns whether a thread that was called, or that is on standby, will look at the tasks. */
  boolean isLookedAfter() {
    return calling || standby != null;
  }

  /**
   * Returns whether the tasks need one more thread: the first has waited, or too many wait. If not,
   * only a thread that has just finished a task takes the next one.
   */
  boolean isWanted() {
    return tasks.hasWaited() || tasks.size() > BACKLOG * running;
  }

  /** Lets {@code thread} stand by. Returns false if another thread does already. */
  boolean standsBy(CallbackThread thread) {
    if (standby == null) {
      standby = thread;
      tasks.looks();
    }
    return standby == thread;
  }

  void endsStandby(CallbackThread thread) {
    if (standby == thread) {
      standby = null;
    }
  }

  /** Takes the first task, for a thread that runs it immediately; null if there is none. */
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

  /** Notes that the thread that was called looks at the tasks now. */
  void arrived() {
    calling = false;
  }

  /**
   * Calls the thread that became idle last, or else the standby thread, and returns it; the caller
   * must then wake it. Returns null if a thread has been called already, or if the caller must
   * start one.
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

  /** Notes that the caller starts a thread. */
  void startsOne() {
    calling = true;
  }

  /**
   * Returns whether a thread that has found no task for {@code idleNanos} must end, and if so, no
   * longer counts it as alive.
   */
  boolean letsEnd(long idleNanos) {
    boolean leaves = retired || (idleNanos >= CallbackThread.IDLE_NANOS && alive > KEPT);
    if (leaves) {
      alive--;
    }
    return leaves;
  }
}
