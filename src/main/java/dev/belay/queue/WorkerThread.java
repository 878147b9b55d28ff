package dev.belay.queue;

import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreEngine;
import dev.belay.store.StoreInterruptedException;
import dev.belay.store.StoreReadOnlyException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread of a worker: claims, handles, settles. Safe for use by many threads. */
final class WorkerThread implements Runnable {
  /*
   * FETCHING → HANDLING → SETTLING → FETCHING. The state changes under the lock, and the thread is
   * interrupted under the lock: to stop it while it is FETCHING, to stop its handler while it is
   * HANDLING. So an interrupt never reaches what it was not meant for; what is left of it is cleared
   * with the next change.
   *
   * STOPPED is HANDLING by a handler that was interrupted; ABANDONED is one that did not return.
   */
  private enum State {
    FETCHING,
    HANDLING,
    STOPPED,
    ABANDONED,
    SETTLING
  }

  private static final long RETRY_NANOS_FIRST = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long RETRY_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  private final StoreEngine engine;
  private final String queue;
  private final WorkHandler handler;
  private final ClaimSource source;
  private final Settler settler;
  private final Completions completions;
  private final CountDownLatch begin;
  private final Thread thread;
  private State state = State.FETCHING;
  private boolean stopping;
  private @Nullable HeldClaim handled;
  private long retryNanos;

  /**
   * Not started yet.
   *
   * @param begin what it waits for before it claims, so that of a worker all threads begin or none
   */
  WorkerThread(
      StoreEngine engine,
      String queue,
      int number,
      WorkHandler handler,
      ClaimSource source,
      Settler settler,
      Completions completions,
      CountDownLatch begin) {
    this.engine = engine;
    this.queue = queue;
    this.handler = handler;
    this.source = source;
    this.settler = settler;
    this.completions = completions;
    this.begin = begin;
    this.thread = engine.daemon("belay-worker-" + queue + "-" + number, this);
  }

  void start() {
    thread.start();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  boolean isCurrent() {
    return thread == Thread.currentThread();
  }

  void join(long nanos) throws InterruptedException {
    if (nanos > 0) {
      TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
    }
  }

  /** Lets it end once its handler has returned. */
  synchronized void stop() {
    stopping = true;
    if (state == State.FETCHING) {
      thread.interrupt();
    }
  }

  /** Interrupts its handler; what that was at is released, whatever comes of it now. */
  synchronized void interruptHandler() {
    if (state == State.HANDLING) {
      state = State.STOPPED;
      thread.interrupt();
    }
  }

  /** Gives back what its handler is still at, which is not its any more. */
  void giveBackAbandoned() {
    HeldClaim abandoned = abandon();
    if (abandoned != null) {
      settler.giveBackAtExpiry(abandoned);
    }
  }

  private synchronized @Nullable HeldClaim abandon() {
    if (state != State.STOPPED) {
      return null;
    }
    state = State.ABANDONED;
    return handled;
  }

  @Override
  public void run() {
    try {
      begin.await();
    } catch (InterruptedException e) {
      // only a stop interrupts it here, and the loop asks for that
    }
    while (!isStopping()) {
      try {
        fetchAndHandle();
      } catch (StoreClosedException e) {
        return; // nothing more can be claimed, or given back
      } catch (StoreReadOnlyException e) {
        report("cannot work and has ended", e);
        return;
      } catch (Throwable e) { // whatever it is, the worker lives on
        retryAfter(e);
      }
    }
    source.releaseAhead(settler); // what an interrupted claim brought last
  }

  private void fetchAndHandle() {
    try {
      HeldClaim next = source.next();
      retryNanos = 0;
      if (next != null) {
        handle(next);
      }
    } catch (InterruptedException | StoreInterruptedException e) {
      boolean unused = Thread.interrupted(); // it says no more than isStopping() does
    } catch (StoreClosedException | StoreReadOnlyException e) {
      throw e;
    }
  }

  private void retryAfter(Throwable failure) {
    fetchAgain();
    if (retryNanos == 0) {
      report("cannot claim; trying again", failure);
    }
    retryNanos = Math.min(Math.max(2 * retryNanos, RETRY_NANOS_FIRST), RETRY_NANOS_MAX);
    LockSupport.parkNanos(this, retryNanos);
  }

  private void handle(HeldClaim claim) {
    try {
      handleAndSettle(claim);
    } catch (Throwable e) { // for want of memory: what is not settled must lapse
      settler.settled(claim);
      throw e;
    } finally {
      fetchAgain();
    }
  }

  private void handleAndSettle(HeldClaim claim) {
    if (!begin(claim)) {
      settler.release(claim);
      return;
    }
    Throwable thrown = null;
    try {
      handler.handle(claim.claim(), claim);
    } catch (Throwable e) {
      thrown = e; // an Error too: it ends this work, not the worker
    }
    switch (end()) {
      case HANDLING -> {
        if (thrown == null) {
          completions.complete(claim);
        } else {
          settler.fail(claim, thrown);
        }
      }
      case STOPPED -> settler.release(claim);
      default -> {
        // ABANDONED: it was given back while the handler went on
      }
    }
  }

  /** Whether the handler may begin; not if the claim came too late, or a stop was first. */
  private synchronized boolean begin(HeldClaim claim) {
    boolean unused = Thread.interrupted();
    boolean begins = !stopping && claim.isHeld();
    state = begins ? State.HANDLING : State.SETTLING;
    handled = begins ? claim : null;
    return begins;
  }

  /** How the handler ended. */
  private synchronized State end() {
    boolean unused = Thread.interrupted();
    State ended = state;
    state = State.SETTLING;
    handled = null;
    return ended;
  }

  private synchronized void fetchAgain() {
    boolean unused = Thread.interrupted();
    state = State.FETCHING;
  }

  private synchronized boolean isStopping() {
    if (stopping) {
      boolean unused = Thread.interrupted();
    }
    return stopping;
  }

  private void report(String what, Throwable failure) {
    engine.warn("worker of queue " + queue + " " + what, failure);
  }
}
