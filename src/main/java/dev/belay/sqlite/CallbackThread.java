package dev.belay.sqlite;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one thread of {@link Callbacks} does: it takes a task, runs it, takes the next, and waits to
 * be called when there is none. Belongs to that thread; {@link #below} and {@link #arrives} to the
 * holder of the monitor of its callbacks.
 */
final class CallbackThread implements Runnable {
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Callbacks callbacks;
  private final Thread thread;

  /** The thread that is called after this one, while both are idle. */
  @Nullable CallbackThread below;

  private boolean arriving = true;
  private boolean busy;
  private volatile boolean called;

  /** Not started yet; on its way from then on. */
  CallbackThread(Callbacks callbacks, Threads.Maker maker, String name) {
    this.callbacks = callbacks;
    this.thread = maker.daemon(name, this);
  }

  Thread thread() {
    return thread;
  }

  /** It is idle no more, and has been called. */
  void arrives() {
    below = null;
    arriving = true;
    called = true;
  }

  /** Wakes it up. On any thread. */
  void wake() {
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = runNext();
      } catch (Throwable e) {
        Callbacks.report(e); // the tasks that wait need this thread
      }
    }
    callbacks.ended(thread);
  }

  /** Runs one task; false if this thread is not needed any more. */
  private boolean runNext() {
    Runnable task = next();
    if (task == null) {
      return false;
    }
    try {
      task.run();
    } catch (Throwable e) {
      Callbacks.report(e);
    }
    boolean unused = Thread.interrupted(); // it was meant for this task
    return true;
  }

  private @Nullable Runnable next() {
    while (true) {
      Runnable taken = null;
      CallbackThread next = null;
      boolean start = false;
      synchronized (callbacks) {
        if (busy) {
          busy = false;
          callbacks.taskEnded();
        }
        if (arriving) {
          arriving = false;
          callbacks.arrived();
        }
        if (!callbacks.hasTask()) {
          if (callbacks.letsGo(false)) {
            return null;
          }
          called = false;
          callbacks.pushIdle(this);
        } else if (callbacks.hasSuccessor()) {
          taken = take();
          next = callbacks.hasTask() ? callbacks.callIdle() : null;
        } else {
          CallbackThread unused = callbacks.callIdle();
          start = true;
        }
      }
      if (next != null) {
        next.wake();
      }
      if (start && callbacks.start() != null) {
        taken = takeAlone();
      }
      if (taken != null) {
        return taken;
      }
      if (!start && !awaitCall()) {
        return null;
      }
    }
  }

  private @Nullable Runnable take() {
    Runnable task = callbacks.take();
    busy = task != null;
    return task;
  }

  /** No successor can be started. */
  private @Nullable Runnable takeAlone() {
    synchronized (callbacks) {
      if (!callbacks.isRunning()) {
        return take();
      }
    }
    LockSupport.parkNanos(callbacks, Callbacks.RETRY_NANOS);
    return null;
  }

  /** Waits, as one of the idle threads; false if it is not needed any more. */
  private boolean awaitCall() {
    long since = System.nanoTime();
    while (!called) {
      LockSupport.parkNanos(callbacks, IDLE_NANOS);
      boolean expired = System.nanoTime() - since >= IDLE_NANOS;
      synchronized (callbacks) {
        if (!called && callbacks.letsGo(expired)) {
          callbacks.removeIdle(this);
          return false;
        }
      }
      if (expired) {
        since = System.nanoTime();
      }
    }
    return true;
  }
}
