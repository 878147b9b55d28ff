package dev.belay.sqlite;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The {@code belay-callback} threads: where futures complete and hooks run, so that no code of a
 * user ever holds a connection up. Safe for use by many threads.
 */
final class Callbacks implements Executor {
  private static final int SPARE_THREADS_MAX = 256;
  private static final long IDLE_SECONDS = 10;

  // A few, so that one callback that blocks does not hold all others up.
  private static final int THREADS = 4;

  /*
   * Callbacks that wait for other callbacks would wait for ever once they have all the threads; a
   * ForkJoinPool notices a join of a CompletableFuture on its own thread and starts a spare one for
   * the time.
   */
  private final ForkJoinPool pool =
      new ForkJoinPool(
          THREADS,
          CallbackThread::new,
          null,
          true,
          0,
          SPARE_THREADS_MAX,
          1,
          null,
          IDLE_SECONDS,
          TimeUnit.SECONDS);

  private final Queue<Runnable> hooks = new ArrayDeque<>();
  private boolean running;

  @Override
  public void execute(Runnable callback) {
    pool.execute(callback);
  }

  /** Runs {@code hook} after every hook that was handed in before it has ended. */
  void executeInOrder(Runnable hook) {
    synchronized (hooks) {
      hooks.add(hook);
      if (running) {
        return;
      }
      running = true;
    }
    pool.execute(this::runHooks);
  }

  private void runHooks() {
    for (Runnable hook = nextHook(); hook != null; hook = nextHook()) {
      try {
        hook.run();
      } catch (Throwable e) {
        report(e);
      }
    }
  }

  private @Nullable Runnable nextHook() {
    synchronized (hooks) {
      Runnable hook = hooks.poll();
      running = hook != null;
      return hook;
    }
  }

  /** Hands what a callback threw to where the host looks for such things. */
  static void report(Throwable thrown) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    } catch (Throwable e) {
      // ignored, as the JVM does: this thread has others to serve
    }
  }

  /** Daemon, because a callback must not keep a JVM alive. */
  private static final class CallbackThread extends ForkJoinWorkerThread {
    CallbackThread(ForkJoinPool pool) {
      super(pool);
      setName("belay-callback-" + getPoolIndex());
      setDaemon(true);
    }
  }
}
