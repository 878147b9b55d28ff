package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.BelayObserver.AttemptFailure.Outcome;
import dev.belay.store.StoreClosedException;
import dev.belay.store.StoreInterruptedException;
import dev.belay.store.StoreReadOnlyException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One thread of a worker, which claims, handles and settles. Safe for use by many threads. */
final class WorkerThread implements Runnable {
  private final StoreEngine engine;
  private final String queue;
  private final HandlerCommitter committer;
  private final WorkHandler handler;
  private final WorkerClaims claims;
  private final WorkerSettler settler;
  private final WorkerCompletions completions;
  private final WorkerReports reports;
  private final CountDownLatch begin;
  private final Thread thread;
  private final HandlerState state;
  private final BackOff backOff;

  /** The shared parts of the threads of one worker. Immutable, safe for use by many threads. */
  record Shared(
      WorkHandler handler,
      WorkerClaims claims,
      WorkerSettler settler,
      WorkerCompletions completions,
      WorkerReports reports) {}

  /**
   * Creates a thread that is not started.
   *
   * @param begin the latch for which it waits before it claims, so that either all threads of a
   *     worker begin or none
   */
  WorkerThread(StoreQueues store, String queue, int number, Shared shared, CountDownLatch begin) {
    this.engine = store.engine();
    this.queue = queue;
    this.handler = shared.handler();
    this.committer = store.committer();
    this.claims = shared.claims();
    this.settler = shared.settler();
    this.completions = shared.completions();
    this.reports = shared.reports();
    this.begin = begin;
    this.thread = engine.daemon("belay-worker-" + queue + "-" + number, this);
    this.state = new HandlerState(engine.clock(), thread);
    this.backOff = new BackOff(engine, thread);
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

  /** Stops the thread as soon as its handler has returned. */
  void stop() {
    state.stop();
  }

  /** Interrupts the handler, whose work is released whether it returns or throws. */
  void interruptHandler() {
    state.interruptHandler();
  }

  /**
   * Interrupts the handler if it has run longer than {@code limit}, and logs a warning if it does
   * not return.
   */
  void limit(Duration limit, long nowNanos, long nowMs) {
    HeldClaim stuck = state.limit(limit, nowNanos, nowMs);
    if (stuck != null) {
      IllegalStateException where = new IllegalStateException("where it is now");
      where.setStackTrace(thread.getStackTrace());
      engine.warn(
          stuck.claim()
              + " ran longer than "
              + limit
              + " and does not return though interrupted; its claim is kept",
          where);
    }
  }

  /**
   * Abandons a handler that was stopped and has not returned. Returns its claim, or null if there
   * is no such handler.
   */
  @Nullable HeldClaim abandon() {
    return state.abandon();
  }

  @Override
  public void run() {
    try {
      begin.await();
    } catch (InterruptedException e) {
      // a stop, which the loop checks
    }
    while (!state.isStopping()) {
      try {
        fetchAndHandle();
      } catch (StoreClosedException e) {
        return; // no claim can be made or given back now
      } catch (StoreReadOnlyException e) {
        report("cannot work and has ended", e);
        return;
      } catch (Throwable e) { // even an Error: the worker must continue
        tryAgainAfter("cannot claim; trying again", e);
      }
    }
    claims.releaseAhead(settler); // an interrupted claim may have added some
  }

  private void fetchAndHandle() {
    try {
      HeldClaim next = claims.next();
      if (next == null || handle(next)) {
        backOff.reset();
      }
    } catch (InterruptedException | StoreInterruptedException e) {
      boolean unused = Thread.interrupted(); // isStopping() says the same
    }
  }

  /**
   * Reports a failure and waits before the next try. Never throws, because that would end the
   * thread.
   */
  private void tryAgainAfter(String what, Throwable failure) {
    state.fetches();
    try {
      if (backOff.isFirst()) {
        report(what, failure);
      }
    } catch (OutOfMemoryError e) {
      // no memory for the report; wait in any case
    }
    backOff.await();
  }

  /** Handles and settles one claim. Returns whether the handler was called. */
  private boolean handle(HeldClaim claim) {
    try {
      return handleAndSettle(claim);
    } catch (Throwable e) { // for example, no memory: an unsettled claim must lapse
      settler.drop(claim);
      throw e;
    } finally {
      state.fetches();
    }
  }

  private boolean handleAndSettle(HeldClaim claim) {
    if (!state.begin(claim)) {
      boolean late = !state.isStopping();
      settler.release(claim);
      if (late) {
        tooLate(claim);
      }
      return !late;
    }
    Throwable thrown = null;
    try {
      handler.handle(claim.claim(), new HandlerContext(claim, committer));
    } catch (Throwable e) {
      thrown = e; // even an Error ends only this attempt, not the worker
    }
    claim.handlerEnded();
    HandlerState.End end = state.end(thrown);
    switch (end.how()) {
      case HANDLING -> settle(claim, end.thrown());
      case STOPPED -> stopped(claim, end.thrown());
      default -> abandoned(claim, end.thrown());
    }
    return true;
  }

  private void tooLate(HeldClaim claim) {
    tryAgainAfter(
        "claims too late; trying again",
        new IllegalStateException(
            claim.claim() + " was over before its handler could begin: its ttl is too short"));
  }

  private void settle(HeldClaim claim, @Nullable Throwable thrown) {
    Optional<RunClaim> refused = claim.run().refused();
    Throwable refusal = refused.map(RunClaim::refusal).orElse(null);
    if (thrown != null) {
      settler.fail(claim, thrown);
    } else if (refused.isPresent() && refusal != null) {
      settler.failRefused(claim, refused.get(), refusal);
    } else {
      completions.complete(claim);
    }
  }

  /**
   * Releases the work of a handler that a stop has interrupted. Its exception is logged, unless the
   * interrupt caused it.
   */
  private void stopped(HeldClaim claim, @Nullable Throwable thrown) {
    settler.release(claim);
    if (thrown != null && !isInterrupt(thrown)) {
      report("stopped its handler, which threw; " + claim.claim() + " is given back", thrown);
    }
  }

  private static boolean isInterrupt(Throwable thrown) {
    return thrown instanceof InterruptedException || thrown instanceof StoreInterruptedException;
  }

  /** Reports the end of a handler whose claim was given back while it still ran. */
  private void abandoned(HeldClaim claim, @Nullable Throwable thrown) {
    boolean settled = claim.run().open().isEmpty();
    if (thrown != null) {
      Claim lost = settled ? claim.claim() : claim.run().open().get(0).claim();
      reports.failed(lost, thrown, settled ? Outcome.SETTLED_BEFORE : Outcome.CLAIM_LOST);
    } else {
      claim.run().open().forEach(open -> reports.lost(open.claim()));
    }
  }

  private void report(String what, Throwable failure) {
    engine.warn("worker of queue " + queue + " " + what, failure);
  }
}
