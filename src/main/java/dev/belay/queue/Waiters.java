package dev.belay.queue;

import dev.belay.queue.Awaited.Seen;
import dev.belay.store.StoreEngine;
import dev.belay.store.StoreInterruptedException;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everybody who waits for work of one open store, over all its queues. Safe for use by many
 * threads. For Belay's own features, one for each open store.
 */
public final class Waiters {
  /*
   * A waiter tries, stands in line, and only then waits; whoever comes to stand in line makes the
   * Waker look once more. So what is committed between the try and the wait is seen by that look,
   * and what is committed after the look tells the Waker.
   *
   * One look of one thread serves all who wait, and calls only as many as there is work for. Who
   * was called tries, and leaves or stands in line again: both make a look, so a call that came to
   * nothing (its waiter was interrupted, or another process was quicker) passes on.
   */
  private static final long WAIT_NANOS_MAX = TimeUnit.DAYS.toNanos(36_500);

  private final StoreEngine engine;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Awaited, WaitingLine> lines = new HashMap<>();
  private final Set<String> expected = ConcurrentHashMap.newKeySet();
  private final Workers workers = new Workers();
  private volatile @Nullable Waker waker;

  /** For Belay itself: nobody waits yet. */
  public Waiters(StoreEngine engine) {
    this.engine = Objects.requireNonNull(engine, "engine");
  }

  /** The workers that have been started on this store. */
  Workers workers() {
    return workers;
  }

  /** Whether the current thread runs a handler of a worker of this store. */
  public boolean isWorkerThread() {
    return workers.isWorkerThread();
  }

  /**
   * Stops all workers of this store at the same time, as {@link Worker#close} does, and lets no
   * more be started. Not on one of their threads.
   */
  public void stopWorkers() {
    workers.close();
  }

  /**
   * Tries until the result is enough, or {@code wait} is over: at once, and whenever {@code
   * awaited} has come. Returns the result of the last try.
   *
   * @param room how much one try takes of what has come
   * @throws InterruptedException if the thread is interrupted, unless a try came to enough: that is
   *     returned, with the thread's interrupt flag set
   */
  <T> T until(Awaited awaited, int room, Duration wait, Supplier<T> attempt, Predicate<T> enough)
      throws InterruptedException {
    long deadline = System.nanoTime() + nanos("wait", wait);
    T value = interruptibly(attempt);
    if (enough.test(value) || wait.isZero()) {
      return value;
    }
    Ticket ticket = new Ticket(room);
    try {
      do {
        standInLine(awaited, ticket);
        if (!ticket.await(deadline)) {
          return value;
        }
        value = interruptibly(attempt);
      } while (!enough.test(value));
      return value;
    } finally {
      leave(awaited, ticket);
    }
  }

  /**
   * As the waiting verbs of queues, for what another feature waits for: tries at once, and whenever
   * a commit may have brought it, until the result is enough or {@code wait} is over. Returns the
   * result of the last try.
   *
   * @param what who waits for an equal one waits for the same
   * @param hasCome whether a try is worth while; asked after commits, for all who wait for the same
   * @throws InterruptedException as the waiting verbs of queues do
   */
  public <T> T until(
      Object what, Predicate<Tx> hasCome, Duration wait, Supplier<T> attempt, Predicate<T> enough)
      throws InterruptedException {
    return until(new Awaited.Elsewhere(what, hasCome), 1, wait, attempt, enough);
  }

  /**
   * A time to wait, in nanoseconds; a century and longer is a century.
   *
   * @throws IllegalArgumentException if it is negative
   */
  static long nanos(String field, Duration wait) {
    if (wait.isNegative()) {
      throw new IllegalArgumentException(field + " must not be negative: " + wait);
    }
    return wait.compareTo(Duration.ofNanos(WAIT_NANOS_MAX)) < 0 ? wait.toNanos() : WAIT_NANOS_MAX;
  }

  private static <T> T interruptibly(Supplier<T> attempt) throws InterruptedException {
    try {
      return attempt.get();
    } catch (StoreInterruptedException e) {
      boolean unused = Thread.interrupted(); // the exception says it from now on
      InterruptedException interrupted = new InterruptedException(e.getMessage());
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private void standInLine(Awaited awaited, Ticket ticket) {
    lock.lock();
    try {
      lines.computeIfAbsent(awaited, unused -> new WaitingLine()).wait(ticket);
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

  private void leave(Awaited awaited, Ticket ticket) {
    lock.lock();
    try {
      WaitingLine line = lines.get(awaited);
      if (line != null) {
        line.leave(ticket);
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
      return lines.values().stream().mapToInt(WaitingLine::waiting).sum();
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
        WaitingLine line = lines.get(entry.getKey());
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
        WaitingLine line = lines.get(new Awaited.Claimable(queue));
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
      lines.values().forEach(WaitingLine::callAll);
    } finally {
      lock.unlock();
    }
  }

  /** Lets {@code ending} go if nobody needs it; the next who waits starts another. */
  boolean dismiss(Waker ending) {
    lock.lock();
    try {
      if (waker == ending && !lines.isEmpty()) {
        return false;
      }
      waker = null;
      return true;
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
