package dev.belay.lease;

import dev.belay.testing.ChildJvm;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The keepers' thread and time in the hands of a test: what is due runs when the test lets time
 * pass, an answer of the store when the test takes it, both on the test's thread.
 */
final class ManualTimer implements KeeperTimer {
  private record Due(long nanos, long order, FutureTask<?> task) {}

  private final PriorityQueue<Due> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
  private final BlockingQueue<Runnable> answers = new LinkedBlockingQueue<>();
  // near the overflow, which nanoTime() may reach at any moment
  private long now = Long.MAX_VALUE - 1_000;
  private long order;

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  @Override
  public synchronized Future<?> schedule(Runnable task, long delayNanos) {
    FutureTask<?> future = new FutureTask<>(task, null);
    tasks.add(new Due(Math.max(0, delayNanos) + elapsed(), order++, future));
    return future;
  }

  @Override
  public void execute(Runnable task) {
    answers.add(task);
  }

  /** Lets time pass and runs what comes due, in order. */
  void pass(Duration duration) throws Exception {
    long end = elapsed() + duration.toNanos();
    for (Due due = nextUntil(end); due != null; due = nextUntil(end)) {
      if (!due.task().isCancelled()) {
        due.task().run();
        due.task().get();
      }
    }
    set(end);
  }

  /** Lets time pass and runs nothing, as when the process was stopped. */
  void freeze(Duration duration) {
    set(elapsed() + duration.toNanos());
  }

  /** Takes the next answer of the store. Waits for it. */
  void answer() throws Exception {
    Runnable answer = answers.poll(ChildJvm.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (answer == null) {
      throw new IllegalStateException("the store has not answered for " + ChildJvm.PATIENCE);
    }
    answer.run();
  }

  /** Whether anything is still to come by itself. */
  synchronized boolean isIdle() {
    return answers.isEmpty() && tasks.stream().allMatch(due -> due.task().isDone());
  }

  private synchronized @org.jspecify.annotations.Nullable Due nextUntil(long end) {
    Due due = tasks.peek();
    if (due == null || due.nanos() > end) {
      return null;
    }
    set(Math.max(elapsed(), due.nanos()));
    return tasks.remove();
  }

  private synchronized long elapsed() {
    return now - (Long.MAX_VALUE - 1_000);
  }

  private synchronized void set(long elapsedNanos) {
    now = Long.MAX_VALUE - 1_000 + elapsedNanos;
  }
}
