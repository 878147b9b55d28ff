package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreException;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Completes the claims of one worker after their handlers have returned, many in one transaction.
 * Safe for use by many threads.
 *
 * <ol>
 *   <li>The first thread to arrive commits its own completion.
 *   <li>Threads that arrive during that commit leave their completions here and continue with their
 *       next claim, instead of waiting for a commit each.
 *   <li>The first thread then commits all completions that were left, in one transaction, and
 *       repeats this until none is left.
 *   <li>If such a transaction fails, {@link WorkerSettler} tries each of its completions alone.
 * </ol>
 *
 * <p>So a worker of one thread completes each piece of work before it begins the next.
 */
final class WorkerCompletions {
  /**
   * The maximum number of completions in one transaction, which must be short because renewals wait
   * behind it: 100.
   */
  private static final int TOGETHER_MAX = 100;

  /** The size of results from which on no more are added to a transaction: 1 Mi chars. */
  private static final int TOGETHER_CHARS_MAX = 1 << 20;

  private final StoreEngine engine;
  private final WorkerSettler settler;
  private final int waitingMax;
  private final Queue<HeldClaim> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final ReentrantLock completing = new ReentrantLock();

  /**
   * Creates the completions of one worker.
   *
   * @param waitingMax the maximum number of completions that are left here; a thread that arrives
   *     with one more waits for its completion
   */
  WorkerCompletions(StoreEngine engine, WorkerSettler settler, int waitingMax) {
    this.engine = engine;
    this.settler = settler;
    this.waitingMax = Math.min(waitingMax, TOGETHER_MAX);
  }

  /** Completes {@code held}, or leaves it to the thread that commits others. */
  void complete(HeldClaim held) {
    // Allocate first: nothing may throw after the completion is left, or under the lock.
    List<HeldClaim> together = new ArrayList<>(TOGETHER_MAX);
    List<HeldClaim> failed = new ArrayList<>();
    List<HeldClaim> done = new ArrayList<>();
    waiting.add(held);
    if (count.incrementAndGet() > waitingMax) {
      completing.lock();
    } else if (!completing.tryLock()) {
      return;
    }
    // Check again after unlocking: a thread that found the lock taken has left its completion
    // here.
    do {
      try {
        takeWaiting(together);
        completeTogether(together, done, failed);
      } finally {
        completing.unlock();
      }
    } while (!waiting.isEmpty() && completing.tryLock());
    settler.complete(failed); // each alone, after all others
    done.forEach(settler::completed); // outside the lock: may run code of users
  }

  /** Completes {@code together} in one transaction; adds it to {@code done} or {@code failed}. */
  private void completeTogether(
      List<HeldClaim> together, List<HeldClaim> done, List<HeldClaim> failed) {
    if (together.isEmpty()) { // another thread may have completed it meanwhile
      return;
    }
    try {
      List<HeldClaim> rest = settler.completeGrouped(together);
      if (!rest.isEmpty()) {
        int unused = engine.verb(tx -> complete(tx, rest));
      }
      together.forEach(settler::drop);
      done.addAll(together);
    } catch (RuntimeException | Error e) {
      failed.addAll(together); // each is tried alone, and may fail for its own reason
    } finally {
      count.addAndGet(-together.size());
    }
  }

  /** Moves waiting completions into {@code together}, up to the bounds of one transaction. */
  private void takeWaiting(List<HeldClaim> together) {
    together.clear();
    int most = Math.min(count.get(), TOGETHER_MAX);
    long chars = 0;
    while (together.size() < most && chars < TOGETHER_CHARS_MAX) {
      HeldClaim held = waiting.poll();
      if (held == null) {
        break;
      }
      together.add(held);
      String result = held.result();
      chars += result == null ? 0 : result.length();
    }
  }

  /** Submits the waiting completions to the store, which runs them even while it closes. */
  void leaveToStore() {
    // A thread that has added its completion but not yet tried the lock completes it itself.
    while (true) {
      List<HeldClaim> left = new ArrayList<>(TOGETHER_MAX);
      takeWaiting(left);
      if (left.isEmpty()) {
        return;
      }
      try {
        CompletableFuture<?> unused =
            engine
                .verbFirstAsync(tx -> complete(tx, left), engine.callbacks())
                .whenComplete((done, failure) -> left(left, failure));
      } catch (StoreException e) {
        left(left, e);
      }
    }
  }

  private void left(List<HeldClaim> left, @Nullable Throwable failure) {
    for (HeldClaim one : left) {
      if (failure == null) {
        settler.completed(one);
      } else {
        settler.drop(one);
        settler.uncompleted(one, failure);
      }
    }
  }

  private int complete(Tx tx, List<HeldClaim> together) {
    int settled = 0;
    for (HeldClaim held : together) {
      settled += settler.complete(tx, held);
    }
    return settled;
  }
}
