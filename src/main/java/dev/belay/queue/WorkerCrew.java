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

/** The threads of one worker. Starts and stops them. Safe for use by many threads. */
final class WorkerCrew implements WorkerRegistry.Running {
  /** The maximum time for which a stop waits for interrupted handlers: 1 second. */
  private static final Duration RETURN_MAX = Duration.ofSeconds(1);

  /** The maximum time for which a stop waits until claims are given back: 5 seconds. */
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

  /** Starts all threads. If one cannot be started, none claims work, and all end. */
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

  /** Waits until the threads have ended, which is soon because none has begun to claim. */
  private void joinUnbegun() {
    boolean interrupted = false;
    while (threads.stream().anyMatch(WorkerThread::isAlive) || othersLive()) {
      endOthers();
      interrupted |= joinUntil(System.nanoTime() + RETURN_MAX.toNanos());
      LockSupport.parkNanos(ENDING_NANOS); // they end within milliseconds
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
   * A stop has three steps, so that many workers can stop at the same time:
   * 1. beginStop
   * 2. awaitHandlers, after endGrace if there was an interrupt
   * 3. endStop
   *
   * Each step may be repeated, also by several threads at a time: no action is made twice, and a
   * thread waits for actions that another thread has begun.
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
    synchronized (this) { // a second caller waits too, because it may close the store next
      List<HeldClaim> abandoned =
          threads.stream().map(WorkerThread::abandon).filter(Objects::nonNull).toList();
      if (!abandoned.isEmpty()) {
        giveBackBeside(() -> abandoned.forEach(settler::giveBackAtExpiry));
      }
      interrupted |= awaitGivers();
    }
    completions.leaveToStore(); // those of threads that still wait for a failing store
    endOthers();
    workers.remove(this);
    return interrupted;
  }

  /*
   * While the store fails, giving back is retried for as long as the claims are held. It runs on a
   * thread of its own, so that the thread that stops the worker waits no longer than documented,
   * and keeps its own interrupt.
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

  /** Waits until claims are given back. Returns whether an interrupt ended the wait. */
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
   * Waits until the threads end, at most until {@code deadline}. Returns whether an interrupt ended
   * the wait.
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
