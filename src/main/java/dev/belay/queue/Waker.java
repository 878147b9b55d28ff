package dev.belay.queue;

import dev.belay.engine.Registration;
import dev.belay.engine.StoreEngine;
import dev.belay.queue.Awaited.Seen;
import dev.belay.store.StoreClosedException;
import dev.belay.store.Tx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that looks at the store for all {@link WaiterLines}: after commits, and when the time
 * of scheduled work, a retry or a lapse has come. {@link #look} is safe for use by many threads.
 */
final class Waker implements Runnable {
  /*
   * A flag says that a look is wanted. It is cleared before the look: the look sees earlier
   * commits, and later commits set the flag again. A look uses the connection of Belay's own looks,
   * which no slow reader of an application blocks.
   *
   * A commit of this store that has enqueued work calls one waiter directly; the look follows when
   * that waiter has tried. So new work waits until one thread has woken up, not two.
   *
   * Rests between looks:
   * 1. The first look after a quiet time is made immediately.
   * 2. Looks that call no waiter are followed by longer and longer rests, so that a waiter at a
   *    quiet queue does not slow down commits.
   * 3. A rest is also a few times as long as the look, which bounds the share of a core that looks
   *    can use.
   *
   * Due times are those of the store's clock, which may be set, or stopped in a test. So the
   * Waker reads that clock again after a short real time, without the database.
   */
  private static final long REST_NANOS_FIRST = TimeUnit.MICROSECONDS.toNanos(50);
  private static final long REST_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LOOKS_PER_REST = 4;
  private static final long LONG_REST_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long CLOCK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * The time for which the thread stays without a waiter, because workers soon wait again: 10
   * seconds.
   */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Whether a look is wanted. */
  private enum Look {
    NO,
    AFTER_TRY,
    NOW
  }

  private final StoreEngine engine;
  private final WaiterLines lines;
  private final Thread thread;
  private final AtomicReference<Look> wanted = new AtomicReference<>(Look.NOW);

  /** Whether there is a waiter that has not been called, so that commits matter. */
  private volatile boolean attentive = true;

  private long restUntil = System.nanoTime();
  private long restNanos;
  private long lingerUntil = restUntil + LINGER_NANOS;
  private @Nullable Long nextMs;
  private boolean reported;

  Waker(StoreEngine engine, WaiterLines lines) {
    this.engine = engine;
    this.lines = lines;
    this.thread = engine.daemon("belay-waker", this);
  }

  void start() {
    thread.start();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** Requests a look, because there may be a waiter. */
  void look() {
    attentive = true;
    wantNow();
  }

  /** Returns whether there is a waiter that has not been called. */
  boolean isAttentive() {
    return attentive;
  }

  /** Requests a look for the moment when the called waiter leaves or joins a line. */
  void oweLook() {
    wanted.compareAndSet(Look.NO, Look.AFTER_TRY);
  }

  boolean isOwedLook() {
    return wanted.get() == Look.AFTER_TRY;
  }

  private void changed() {
    if (!attentive) {
      return;
    }
    if (!lines.callExpected(this)) {
      wantNow();
    }
  }

  private void wantNow() {
    if (wanted.getAndSet(Look.NOW) != Look.NOW) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    while (true) {
      try (Registration watch = engine.watch(this::changed)) {
        Objects.requireNonNull(watch, "watch");
        lookWhileNeeded();
        return;
      } catch (StoreClosedException e) {
        lines.abandonedBy(this);
        return;
      } catch (Throwable e) { // all waiters depend on this thread
        continueAfter(e);
      }
    }
  }

  private void continueAfter(Throwable failure) {
    report(failure);
    attentive = true;
    wanted.set(Look.NOW);
    restUntil = System.nanoTime() + RETRY_NANOS;
    LockSupport.parkNanos(this, RETRY_NANOS);
  }

  private void lookWhileNeeded() {
    while (isNeeded()) {
      boolean look = wanted.get() != Look.NO || isTime();
      long idleNanos = look ? restUntil - System.nanoTime() : nanosUntilTime();
      if (idleNanos > 0) {
        LockSupport.parkNanos(this, idleNanos);
      } else if (look) {
        lookNow();
      }
    }
  }

  private boolean isNeeded() {
    if (attentive || wanted.get() != Look.NO || lingerUntil - System.nanoTime() > 0) {
      return true;
    }
    lingerUntil = System.nanoTime() + LINGER_NANOS;
    return !lines.dismiss(this);
  }

  private boolean isTime() {
    return nextMs != null && engine.clock().millis() >= nextMs;
  }

  private long nanosUntilTime() {
    if (!attentive) {
      return lingerUntil - System.nanoTime();
    }
    if (nextMs == null) {
      return Long.MAX_VALUE;
    }
    long ms = Math.max(nextMs - engine.clock().millis(), 0);
    return Math.min(TimeUnit.MILLISECONDS.toNanos(ms), CLOCK_NANOS);
  }

  private void lookNow() {
    wanted.set(Look.NO);
    // Before the list is read: a waiter that is added later sets it again.
    attentive = false;
    List<Awaited> awaited = lines.awaited();
    nextMs = null;
    if (awaited.isEmpty()) {
      lingerUntil = System.nanoTime() + LINGER_NANOS;
      return;
    }
    attentive = true;
    try {
      Sight sight = engine.look(tx -> Sight.of(tx, awaited));
      nextMs = sight.nextMs();
      if (lines.call(sight.seen())) {
        restNot();
      } else {
        rest(sight.nanos());
      }
      reported = false;
    } catch (StoreClosedException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      report(e);
      restUntil = System.nanoTime() + RETRY_NANOS;
      wanted.set(Look.NOW); // also if no waiter can be called
      lines.callAll();
    }
  }

  private void restNot() {
    restNanos = 0;
    restUntil = System.nanoTime();
  }

  private void rest(long lookNanos) {
    long now = System.nanoTime();
    if (now - restUntil > REST_NANOS_MAX) {
      restNanos = 0;
    }
    restNanos = Math.min(Math.max(restNanos * 2, REST_NANOS_FIRST), REST_NANOS_MAX);
    long forLook = Math.min(lookNanos * LOOKS_PER_REST, LONG_REST_NANOS_MAX);
    restUntil = now + Math.max(restNanos, forLook);
  }

  private void report(Throwable failure) {
    if (!reported) {
      reported = true;
      engine.warn("cannot look for waiting threads; trying again", failure);
    }
  }

  /**
   * The result of one look.
   *
   * @param nextMs the time at which to look again even without a commit; null if never
   * @param nanos the duration of the look
   */
  private record Sight(Map<Awaited, Seen> seen, @Nullable Long nextMs, long nanos) {
    static Sight of(Tx tx, List<Awaited> awaited) {
      long startNanos = System.nanoTime();
      Map<Awaited, Seen> seen = new HashMap<>();
      Long nextMs = null;
      for (Awaited what : awaited) {
        Seen one = what.look(tx);
        seen.put(what, one);
        Long oneMs = one.nextMs();
        if (oneMs != null && (nextMs == null || oneMs < nextMs)) {
          nextMs = oneMs;
        }
      }
      return new Sight(seen, nextMs, System.nanoTime() - startNanos);
    }
  }
}
