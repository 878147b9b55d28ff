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
 * The lines of all who wait for work of one open store, and the {@link Waker} that looks for them.
 * Safe for use by many threads.
 */
final class WaiterLines {
  /*
   * A waiter tries, stands in line, and only then waits; whoever comes to stand in line makes the
   * Waker look once more. So what is committed between the try and the wait is seen by that look,
   * and what is committed after the look tells the Waker.
   *
   * One look of one thread serves all who wait, and calls only as many as there is work for. Who
   * was called tries, and leaves or stands in line again: both make a look, so a call that came to
   * nothing (its waiter was interrupted, or another process was quicker) passes on.
   */
  private final StoreEngine engine;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Awaited, WaiterLine> lines = new HashMap<>();
  private final Set<String> expected = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Waker waker;

  WaiterLines(StoreEngine engine) {
    this.engine = engine;
  }

  /** Lets {@code waiter} wait for {@code awaited}, and has the Waker look once more. */
  void standInLine(Awaited awaited, Waiter waiter) {
    lock.lock();
    try {
      lines.computeIfAbsent(awaited, unused -> new WaiterLine()).add(waiter);
      if (waker == null || !waker.isAlive()) {
        Waker starting = new Waker(engine, this);
        starting.start(); // may fail for want of a thread: then the next who waits tries again
        waker = starting;
      } else {
        waker.look();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the wait of {@code waiter}, whatever came of it. */
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

  /** How many wait and have not been called. */
  int waiting() {
    lock.lock();
    try {
      return lines.values().stream().mapToInt(WaiterLine::waiting).sum();
    } finally {
      lock.unlock();
    }
  }

  /** What somebody waits for who has not been called. */
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

  /** Calls whom {@code seen} has room for; whether that was anybody. */
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

  /** If {@code step} has added what can be claimed, its commit is to call one who waits for it. */
  void expect(Tx tx, String queue, EnqueueStep step) {
    Waker looking = waker;
    if (step.hasAddedReady() && looking != null && looking.isAttentive()) {
      engine.signalAfterCommit(tx, () -> expected.add(queue));
    }
  }

  /**
   * Calls one each of those who wait for what has been enqueued, who then owe {@code looking} a
   * look; whether that was anybody.
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
        looking.oweLook(); // before the lock is free, without which nobody can leave
      }
      return called;
    } finally {
      lock.unlock();
    }
  }

  /** Calls everybody, so that each learns for itself what is wrong with the store. */
  void callAll() {
    lock.lock();
    try {
      lines.values().forEach(WaiterLine::callAll);
    } finally {
      lock.unlock();
    }
  }

  /** Lets {@code ending} go if nobody needs it; the next who waits starts another. */
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

  /** {@code ended} can do no more: everybody tries for himself, and who waits on starts another. */
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
