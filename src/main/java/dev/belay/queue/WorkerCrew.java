package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.BelayObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The threads of one worker, and how they start and stop. Safe for use by many threads. */
final class WorkerCrew implements WorkerRegistry.Running {
  /** How long an interrupted handler may take to return. */
  private static final Duration RETURN_MAX = Duration.ofSeconds(1);

  /** How long a stop waits for a store in trouble to take claims back. */
  private static final Duration GIVE_BACK_MAX = Duration.ofSeconds(5);

  private static final long ENDING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final StoreEngine engine;
  private final WorkerSettings settings;
  private final WorkerRenewals renewals;
  private final WorkerSettler settler;
  private final WorkerCompletions completions;
  private final WorkerClaims claims;
  private final WorkerRegistry workers;
  private final CountDownLatch begin = new CountDownLatch(1);
  private final List<WorkerThread> threads = new ArrayList<>();
  private final List<Thread> givers = new CopyOnWriteArrayList<>();
  private final @Nullable WorkerTimeLimit timeLimit;
  private volatile boolean stopping;
  private volatile long graceEnds;

  WorkerCrew(StoreQueues store, WorkHandler handler, WorkerSettings settings) {
    this.engine = store.engine();
    this.settings = settings;
    this.workers = store.workers();
    this.renewals = new WorkerRenewals(store, settings);
    BelayObserver listener = settings.listener();
    WorkerReports reports =
        new WorkerReports(engine, listener == null ? engine.observer() : engine.guarded(listener));
    this.settler = new WorkerSettler(store, settings, renewals, reports);
    this.claims = new WorkerClaims(store, settings, renewals);
    int ahead = Math.max(settings.batch(), settings.threads());
    this.completions = new WorkerCompletions(engine, settler, ahead);
    WorkerThread.Shared shared =
        new WorkerThread.Shared(handler, claims, settler, completions, reports);
    for (int number = 1; number <= settings.threads(); number++) {
      threads.add(new WorkerThread(store, settings.queue(), number, shared, begin));
    }
    Duration limit = settings.timeLimit();
    this.timeLimit =
        limit == null ? null : new WorkerTimeLimit(engine, settings.queue(), limit, threads);
  }

  /** Starts all threads; if one cannot be started, none does anything. */
  void start() {
    workers.add(this);
    try {
      renewals.start();
      if (timeLimit != null) {
        timeLimit.start();
      }
      threads.forEach(WorkerThread::start);
      begin.countDown();
    } catch (Throwable e) {
      beginStop();
      begin.countDown();
      joinUnbegun();
      throw e;
    }
  }

  /** Waits for threads that have done nothing, so that they end at once. */
  private void joinUnbegun() {
    boolean interrupted = false;
    while (threads.stream().anyMatch(WorkerThread::isAlive) || othersLive()) {
      endOthers();
      interrupted |= joinUntil(System.nanoTime() + RETURN_MAX.toNanos());
      LockSupport.parkNanos(ENDING_NANOS); // the others end within moments
    }
    interrupted |= endStop();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean othersLive() {
    return renewals.isAlive() || (timeLimit != null && timeLimit.isAlive());
  }

  private void endOthers() {
    renewals.end();
    if (timeLimit != null) {
      timeLimit.end();
    }
  }

  boolean isRunning() {
    return !stopping && threads.stream().allMatch(WorkerThread::isAlive);
  }

  @Override
  public boolean isWorkerThread() {
    return threads.stream().anyMatch(WorkerThread::isCurrent);
  }

  @Override
  public Duration grace() {
    return settings.grace();
  }

  /*
   * A stop has three steps, so that many workers stop at the same time:
   * 1. beginStop
   * 2. awaitHandlers, perhaps after endGrace
   * 3. endStop
   *
   * Each step may be repeated, and made by several threads at a time: nothing is done twice, and a
   * thread waits for what another has begun.
   */

  @Override
  public synchronized void beginStop() {
    if (!stopping) {
      stopping = true;
      graceEnds = System.nanoTime() + Times.nanos("grace", settings.grace());
      threads.forEach(WorkerThread::stop);
      claims.end();
    }
  }

  @Override
  public void endGrace() {
    graceEnds = System.nanoTime();
  }

  @Override
  public boolean awaitHandlers() {
    if (claims.hasAhead()) {
      giveBackBeside(() -> claims.releaseAhead(settler));
    }
    boolean interrupted = joinUntil(graceEnds);
    threads.forEach(WorkerThread::interruptHandler);
    return interrupted;
  }

  @Override
  public boolean endStop() {
    boolean interrupted = joinUntil(System.nanoTime() + RETURN_MAX.toNanos());
    synchronized (this) { // a second caller may close the store, so it waits too
      List<HeldClaim> abandoned =
          threads.stream().map(WorkerThread::abandon).filter(Objects::nonNull).toList();
      if (!abandoned.isEmpty()) {
        giveBackBeside(() -> abandoned.forEach(settler::giveBackAtExpiry));
      }
      interrupted |= awaitGivers();
    }
    completions.leaveToStore(); // of threads that a store in trouble still keeps
    endOthers();
    workers.remove(this);
    return interrupted;
  }

  /*
   * While the store is in trouble, giving back is tried for as long as the claims are held. The
   * thread that stops the worker neither waits for that longer than it says, nor loses its own
   * interrupt to it.
   */
  private void giveBackBeside(Runnable giveBack) {
    try {
      Thread giver = engine.daemon("belay-release-" + settings.queue(), giveBack);
      givers.add(giver);
      giver.start();
    } catch (Throwable e) { // no thread could be started: the claims lapse
      engine.warn("queue " + settings.queue() + ": claims could not be given back", e);
    }
  }

  /** Waits until claims are given back. Returns whether it was interrupted, and gave up. */
  private boolean awaitGivers() {
    long deadline = System.nanoTime() + GIVE_BACK_MAX.toNanos();
    try {
      for (Thread giver : givers) {
        long left = deadline - System.nanoTime();
        if (left > 0) {
          TimeUnit.NANOSECONDS.timedJoin(giver, left);
        }
      }
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  /**
   * Waits for the threads, to {@code deadline} at most. Returns whether it was interrupted, and
   * gave up.
   */
  private boolean joinUntil(long deadline) {
    try {
      for (WorkerThread thread : threads) {
        thread.join(deadline - System.nanoTime());
      }
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }
}
