package dev.belay.engine.line;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread of {@link Callbacks}. It runs one task after another; when there is none, it becomes
 * idle and waits until it is called. Belongs to the thread itself, except {@link #below} and {@link
 * #arrives}, which belong to the holder of the monitor of {@link Callbacks}.
 */
final class CallbackThread implements Runnable {
  static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * The pause between two looks of the standby thread. A task waits behind other tasks for at most
   * twice this time before one more thread takes it.
   */
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

  /** The number of looks without a task after which the standby thread becomes idle. */
  private static final int LOOKS_MAX = 20;

  private enum Step {
    TAKE,
    STAND_BY,
    START,
    WAIT,
    END
  }

  private final Callbacks callbacks;
  private final Thread thread;

  /** While this thread is idle: the next thread in the stack of idle threads. */
  @Nullable CallbackThread below;

  private boolean arriving = true;
  private boolean busy;
  private volatile boolean called;

  /** Creates the thread without starting it. From then on it counts as called. */
  CallbackThread(Callbacks callbacks, Threads.Maker maker, String name) {
    this.callbacks = callbacks;
    this.thread = maker.daemon(name, this);
  }

  Thread thread() {
    return thread;
  }

  /** Notes that this thread has been called and is no longer idle. */
  void arrives() {
    arriving = true;
    called = true;
  }

  /** Wakes this thread. Any thread may call this. */
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
        Reports.report(e); // the waiting tasks still need this thread
      }
    }
    callbacks.ended(thread);
  }

  /** Runs one task. Returns false if this thread is no longer needed. */
  private boolean runNext() {
    Runnable task = next();
    if (task == null) {
      return false;
    }
    try {
      task.run();
    } catch (Throwable e) {
      Reports.report(e);
    }
    boolean unused = Thread.interrupted(); // an interrupt was meant for this task only
    return true;
  }

  private @Nullable Runnable next() {
    int looks = 0;
    while (true) {
      Step step;
      CallbackThread next = null;
      Runnable taken = null;
      synchronized (callbacks) {
        step = step(looks);
        if (step == Step.TAKE) {
          callbacks.endsStandby(this);
          taken = take();
          next =
              !callbacks.tasks.isEmpty() && !callbacks.isLookedAfter()
                  ? callbacks.callIdle()
                  : null;
        }
      }
      if (next != null) {
        next.wake();
      }
      switch (step) {
        case TAKE -> {
          return taken;
        }
        case STAND_BY -> {
          LockSupport.parkNanos(callbacks, LOOK_NANOS);
          looks++;
        }
        case START -> {
          taken = callbacks.start() == null ? null : takeAlone();
          if (taken != null) {
            return taken;
          }
        }
        case WAIT -> {
          if (!awaitCall()) {
            return null;
          }
          looks = 0;
        }
        case END -> {
          return null;
        }
      }
    }
  }

  /** Returns what this thread does next. Under the monitor. */
  private Step step(int looks) {
    boolean fresh = busy;
    if (busy) {
      busy = false;
      callbacks.taskEnded();
    }
    if (arriving) {
      arriving = false;
      callbacks.arrived();
    }
    if (looks > 0) {
      callbacks.tasks.looks();
    }
    if (!callbacks.tasks.isEmpty() && (fresh || callbacks.isWanted())) {
      if (callbacks.hasSuccessor(this)) {
        return Step.TAKE;
      }
      callbacks.startsOne();
      return Step.START;
    }
    boolean stays = !fresh && (looks < LOOKS_MAX || !callbacks.tasks.isEmpty());
    if (stays && callbacks.standsBy(this)) {
      return Step.STAND_BY;
    }
    callbacks.endsStandby(this);
    if (callbacks.letsEnd(0)) {
      return Step.END;
    }
    called = false;
    callbacks.idle.push(this);
    return Step.WAIT;
  }

  private @Nullable Runnable take() {
    Runnable task = callbacks.take();
    busy = task != null;
    return task;
  }

  /**
   * Takes a task although no successor can be started, if no other task runs. Otherwise pauses and
   * returns null.
   */
  private @Nullable Runnable takeAlone() {
    synchronized (callbacks) {
      if (!callbacks.isRunning()) {
        return take();
      }
    }
    LockSupport.parkNanos(callbacks, Callbacks.RETRY_NANOS);
    return null;
  }

  /**
   * Waits as an idle thread until it is called. Returns false if this thread is no longer needed.
   */
  private boolean awaitCall() {
    long since = System.nanoTime();
    while (!called) {
      LockSupport.parkNanos(callbacks, IDLE_NANOS);
      long idleNanos = System.nanoTime() - since;
      synchronized (callbacks) {
        if (!called && callbacks.letsEnd(idleNanos)) {
          callbacks.idle.remove(this);
          return false;
        }
      }
      if (idleNanos >= IDLE_NANOS) {
        since = System.nanoTime();
      }
    }
    return true;
  }
}
