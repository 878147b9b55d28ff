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
 * Completes what the handlers of one worker have done. Safe for use by many threads.
 *
 * <p>A thread that finds no other completing completes its own work at once, and then whatever has
 * come meanwhile, in one transaction; the others go on with the next work instead of waiting for a
 * commit each. So one thread alone completes each piece before it begins the next.
 */
final class WorkerCompletions {
  /* A transaction of these must be short: renewals stand behind it. */
  private static final int TOGETHER_MAX = 100;
  private static final int TOGETHER_CHARS_MAX = 1 << 20;

  private final StoreEngine engine;
  private final WorkerSettler settler;
  private final int waitingMax;
  private final Queue<HeldClaim> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final ReentrantLock completing = new ReentrantLock();

  /**
   * A worker's.
   *
   * @param waitingMax how much may wait to be completed before who brings more waits too
   */
  WorkerCompletions(StoreEngine engine, WorkerSettler settler, int waitingMax) {
    this.engine = engine;
    this.settler = settler;
    this.waitingMax = Math.min(waitingMax, TOGETHER_MAX);
  }

  /** Completes {@code held}, or leaves it to the thread that is completing others. */
  void complete(HeldClaim held) {
    List<HeldClaim> failed = new ArrayList<>(); // nothing that may throw while the lock is held
    List<HeldClaim> done = new ArrayList<>();
    waiting.add(held);
    if (count.incrementAndGet() > waitingMax) {
      completing.lock();
    } else if (!completing.tryLock()) {
      return;
    }
    // Who unlocks looks again: what came before that has found the lock taken, and gone.
    do {
      try {
        completeWaiting(done, failed);
      } finally {
        completing.unlock();
      }
    } while (!waiting.isEmpty() && completing.tryLock());
    settler.complete(failed); // each alone, again and again, when nothing else is left to do
    done.forEach(settler::completed); // which tells whom it does not know
  }

  /** Completes what waits in one transaction; {@code failed} is what has not been, if it fails. */
  private void completeWaiting(List<HeldClaim> done, List<HeldClaim> failed) {
    List<HeldClaim> together = takeWaiting();
    try {
      if (!together.isEmpty()) { // a thread that waited may find its own completed
        engine.useWrite(tx -> complete(tx, together));
        together.forEach(settler::drop);
        done.addAll(together);
      }
    } catch (RuntimeException | Error e) {
      failed.addAll(together); // alone, each meets what is its own: to be tried again, or told
    } finally {
      count.addAndGet(-together.size());
    }
  }

  private List<HeldClaim> takeWaiting() {
    // Of its final size, because what is taken off the line is in no other list.
    int most = Math.min(count.get(), TOGETHER_MAX);
    List<HeldClaim> together = new ArrayList<>(most);
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
    return together;
  }

  /** Puts what still waits in the store's line, which a closing store runs to its end. */
  void leaveToStore() {
    for (List<HeldClaim> rest = takeWaiting(); !rest.isEmpty(); rest = takeWaiting()) {
      List<HeldClaim> left = rest;
      try {
        CompletableFuture<?> unused =
            engine
                .writeAsync(
                    tx -> {
                      complete(tx, left);
                      return left.size();
                    })
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
        settler.couldNot(one, failure);
      }
    }
  }

  private void complete(Tx tx, List<HeldClaim> together) {
    for (HeldClaim held : together) {
      int unused = settler.complete(tx, held);
    }
  }
}
