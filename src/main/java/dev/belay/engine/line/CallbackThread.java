package dev.belay.engine.line;

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

  /** A task waits at most twice as long behind others before one more thread takes it. */
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

  /** How often the one that stands by looks before it is idle, if it finds nothing to do. */
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

  /** It has been called, and is idle no more. */
  void arrives() {
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
        Reports.report(e); // the tasks that wait need this thread
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
      Reports.report(e);
    }
    boolean unused = Thread.interrupted(); // it was meant for this task
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
          callbacks.standsByNoMore(this);
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

  /** What to do next. */
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
    callbacks.standsByNoMore(this);
    if (callbacks.letsGo(false)) {
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
          callbacks.idle.remove(this);
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
