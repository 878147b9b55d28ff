package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.queue.Awaited.Seen;
import dev.belay.store.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lines of all waiters of one open store, and the {@link Waker} that looks for them. Safe for
 * use by many threads.
 */
final class WaiterLines {
  /*
   * No commit is missed, because of this order:
   * 1. A waiter tries.
   * 2. It joins a line, which makes the Waker look. The look sees commits since the try; later
   *    commits notify the Waker.
   * 3. It waits for its call.
   * 4. It is called, tries again, and leaves or joins the line. Both make the Waker look. So if the
   *    try has no result, because the waiter was interrupted or another process was faster, the
   *    next waiter is called.
   *
   * One look of one thread serves all waiters, and calls only as many as there is work for.
   */
  private final StoreEngine engine;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Awaited, WaiterLine> lines = new HashMap<>();
  private final Set<String> expected = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Waker waker;

  WaiterLines(StoreEngine engine) {
    this.engine = engine;
  }

  /** Adds {@code waiter} to the line for {@code awaited}, and makes the Waker look. */
  void add(Awaited awaited, Waiter waiter) {
    lock.lock();
    try {
      lines.computeIfAbsent(awaited, unused -> new WaiterLine()).add(waiter);
      if (waker == null || !waker.isAlive()) {
        Waker starting = new Waker(engine, this);
        starting.start(); // may throw if no thread can be started: the next waiter tries again
        waker = starting;
      } else {
        waker.look();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Removes {@code waiter} from the line, whether or not it was called. */
  void leave(Awaited awaited, Waiter waiter) {
    lock.lock();
    try {
      WaiterLine line = lines.get(awaited);
      if (line != null) {
        line.leave(waiter);
        if (line.isEmpty()) {
          lines.remove(awaited);
        }
        Waker looking = waker;
        if (looking != null && (looking.isOwedLook() || !line.isEmpty())) {
          looking.look();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of waiters that have not been called. */
  int waiting() {
    lock.lock();
    try {
      return lines.values().stream().mapToInt(WaiterLine::waiting).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the conditions of the waiters that have not been called. */
  List<Awaited> awaited() {
    lock.lock();
    try {
      List<Awaited> awaited = new ArrayList<>(lines.size());
      lines.forEach(
          (what, line) -> {
            if (line.waiting() > 0) {
              awaited.add(what);
            }
          });
      return awaited;
    } finally {
      lock.unlock();
    }
  }

  /** Calls the waiters that {@code seen} has room for. Returns whether it called any. */
  boolean call(Map<Awaited, Seen> seen) {
    lock.lock();
    try {
      boolean called = false;
      for (Map.Entry<Awaited, Seen> entry : seen.entrySet()) {
        WaiterLine line = lines.get(entry.getKey());
        if (line != null) {
          called |= line.call(entry.getValue().room());
        }
      }
      return called;
    } finally {
      lock.unlock();
    }
  }

  /**
   * If {@code step} has added READY work, lets its commit call one thread that waits for work of
   * the queue.
   */
  void expect(Tx tx, String queue, EnqueueStep step) {
    Waker looking = waker;
    if (step.hasAddedReady() && looking != null && looking.isAttentive()) {
      engine.signalAfterCommit(tx, () -> expected.add(queue));
    }
  }

  /**
   * Calls one waiter for each queue to which work was added. If it called any, {@code looking}
   * looks after the try. Returns whether it called any.
   */
  boolean callExpected(Waker looking) {
    if (expected.isEmpty()) {
      return false;
    }
    lock.lock();
    try {
      boolean called = false;
      for (String queue : List.copyOf(expected)) {
        WaiterLine line = lines.get(new Awaited.Claimable(queue));
        if (expected.remove(queue) && line != null) {
          called |= line.call(1);
        }
      }
      if (called) {
        looking.oweLook(); // under the lock, which the called waiter needs to leave
      }
      return called;
    } finally {
      lock.unlock();
    }
  }

  /** Calls all waiters, so that the try of each throws the store's failure. */
  void callAll() {
    lock.lock();
    try {
      lines.values().forEach(WaiterLine::callAll);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes {@code ending} if there is no waiter; the next waiter starts another Waker. Returns
   * whether {@code ending} has to end.
   */
  boolean dismiss(Waker ending) {
    lock.lock();
    try {
      if (waker != ending) {
        return true;
      }
      if (lines.isEmpty()) {
        waker = null;
      }
      return waker == null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes {@code ended}, which cannot continue, and calls all waiters; the next waiter starts
   * another Waker.
   */
  void abandonedBy(Waker ended) {
    lock.lock();
    try {
      if (waker == ended) {
        waker = null;
      }
      callAll();
    } finally {
      lock.unlock();
    }
  }
}
