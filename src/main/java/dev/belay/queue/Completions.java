package dev.belay.queue;

import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Completes what the handlers of one worker have done. Safe for use by many threads.
 *
 * <p>Who finds nobody at it completes his own at once, and then whatever has come meanwhile, in one
 * transaction; the others go on with the next work instead of waiting for a commit each. So one
 * thread alone completes each piece before it begins the next.
 */
final class Completions {
  /** How many share a transaction: it must be short. */
  private static final int TOGETHER_MAX = 100;

  private final WorkQueue queue;
  private final Settler settler;
  private final int waitingMax;
  private final Queue<HeldClaim> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final ReentrantLock completing = new ReentrantLock();

  /**
   * A worker's.
   *
   * @param waitingMax how much may wait to be completed before who brings more waits too
   */
  Completions(WorkQueue queue, Settler settler, int waitingMax) {
    this.queue = queue;
    this.settler = settler;
    this.waitingMax = waitingMax;
  }

  /** Completes {@code held}, or leaves it to the thread that is completing others. */
  void complete(HeldClaim held) {
    waiting.add(held);
    if (count.incrementAndGet() > waitingMax) {
      completing.lock();
    } else if (!completing.tryLock()) {
      return;
    }
    // Who unlocks looks again: what came before that has found the lock taken, and gone.
    do {
      try {
        completeWaiting();
      } finally {
        completing.unlock();
      }
    } while (!waiting.isEmpty() && completing.tryLock());
  }

  private void completeWaiting() {
    List<HeldClaim> together = new ArrayList<>();
    for (HeldClaim held = waiting.poll(); held != null; held = waiting.poll()) {
      together.add(held);
      if (together.size() == TOGETHER_MAX) {
        break;
      }
    }
    try {
      if (together.size() == 1 || !completed(together)) {
        together.forEach(settler::complete);
      }
    } finally {
      count.addAndGet(-together.size());
    }
  }

  /** Whether all could be completed at once; if not, none has been, or it is not known. */
  private boolean completed(List<HeldClaim> together) {
    try {
      queue.tx().useWrite(tx -> together.forEach(held -> complete(tx, held)));
    } catch (RuntimeException | Error e) {
      return false; // alone, each meets what is its own: to be tried again, or told
    }
    together.forEach(settler::settled);
    return true;
  }

  private void complete(Tx tx, HeldClaim held) {
    String result = held.result();
    Settlement unused =
        result == null
            ? queue.complete(tx, held.claim())
            : queue.complete(tx, held.claim(), result);
  }
}
