package dev.belay.queue;

import dev.belay.store.StoreEngine;
import dev.belay.store.TextRule;
import dev.belay.store.Ttl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Threads that do the work of a queue, until closed; see {@link WorkQueue#worker}. Safe for use by
 * many threads.
 *
 * <p>What it does with the work of one claim:
 *
 * <ol>
 *   <li>The claim is renewed every third of its ttl, for as long as its handler runs.
 *   <li>The handler returns: the work is completed. It throws, an {@link Error} too: the work
 *       fails, to be tried again or buried, and its class and message are kept.
 *   <li>Of several threads one completes, and what the others bring while it commits goes into its
 *       next commit, while they go on with other work. What has been done but not completed when
 *       the process dies is done again, as always: at most one batch and two pieces for each
 *       thread.
 *   <li>A handler that has settled the claim itself, in whatever transaction, is left alone; so is
 *       work whose claim was lost.
 *   <li>A store in trouble is tried again for as long as the claim is held; then it lapses.
 * </ol>
 *
 * <p>A worker lives on whatever its handlers throw, and ends when it or the store is closed; {@code
 * Belay.close()} stops it first. If its store turns out to be read-only it ends by itself, which is
 * logged and which {@link #isRunning} tells. While idle it purges what was finished longer ago than
 * the queue's retention.
 */
public final class Worker implements AutoCloseable {
  /** How long a claim lives from its last renewal, if that is not set. */
  public static final Duration TTL_DEFAULT = Duration.ofSeconds(60);

  /** How long handlers may go on after a stop, if that is not set. */
  public static final Duration GRACE_DEFAULT = Duration.ofSeconds(30);

  /** The most threads of one worker. */
  public static final int THREADS_MAX = 1_024;

  /** How long a handler may take to return once it has been interrupted. */
  static final Duration RETURN_MAX = Duration.ofSeconds(1);

  private final WorkerSettings settings;
  private final Renewals renewals;
  private final Settler settler;
  private final Completions completions;
  private final ClaimSource source;
  private final Workers workers;
  private final CountDownLatch begin = new CountDownLatch(1);
  private final List<WorkerThread> threads = new ArrayList<>();
  private volatile boolean stopping;
  private volatile long graceEnds;

  private Worker(
      StoreEngine engine,
      Waiters waiters,
      WorkQueue queue,
      WorkHandler handler,
      WorkerSettings settings) {
    this.settings = settings;
    this.workers = waiters.workers();
    this.renewals = new Renewals(engine, queue, settings);
    this.settler = new Settler(queue, renewals);
    this.source = new ClaimSource(engine, waiters, queue, settings, renewals);
    int ahead = Math.max(settings.batch(), settings.threads());
    this.completions = new Completions(queue, settler, ahead);
    for (int number = 1; number <= settings.threads(); number++) {
      threads.add(
          new WorkerThread(
              engine, queue.name(), number, handler, source, settler, completions, begin));
    }
  }

  /** All of its threads begin, or none has done anything. */
  private void start() {
    workers.add(this);
    try {
      renewals.start();
      threads.forEach(WorkerThread::start);
      begin.countDown();
    } catch (Throwable e) {
      beginStop();
      begin.countDown();
      joinUnbegun();
      throw e;
    }
  }

  /** Waits for threads that have begun nothing, so that they end at once. */
  private void joinUnbegun() {
    boolean interrupted = false;
    while (threads.stream().anyMatch(WorkerThread::isAlive) || renewals.isAlive()) {
      renewals.end();
      interrupted |= joinUntil(System.nanoTime() + RETURN_MAX.toNanos());
    }
    interrupted |= endStop();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What its claims are labelled with. */
  public String name() {
    return settings.name();
  }

  /** Whether its threads work: false once it is stopped, or has ended by itself. */
  public boolean isRunning() {
    return !stopping && threads.stream().allMatch(WorkerThread::isAlive);
  }

  boolean isWorkerThread() {
    return threads.stream().anyMatch(WorkerThread::isCurrent);
  }

  Duration grace() {
    return settings.grace();
  }

  /**
   * Stops softly. No more work is claimed; what has not begun is given back. Handlers may go on for
   * the grace period and are then interrupted. What they were at is released, whether they return
   * or throw; what does not return within a second is given back for the time when its claim would
   * have lapsed, so that nobody begins it beside them. None of this charges an attempt.
   *
   * <p>Waits for all that. If the thread is interrupted, the grace period is over at once, and the
   * flag is set again. Closing again has no effect.
   *
   * @throws IllegalStateException from one of its handlers, which would wait for itself
   */
  @Override
  public void close() {
    if (isWorkerThread()) {
      throw new IllegalStateException("a worker cannot be closed by its own handler");
    }
    boolean interrupted = Thread.interrupted();
    beginStop();
    interrupted |= awaitHandlers(interrupted);
    interrupted |= endStop();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /*
   * A stop has three steps, so that many workers stop at the same time. Each step may be made again,
   * and by several threads at a time: what has been done is not done twice, and who makes the step
   * waits for what others have begun.
   */

  /** Claims no more; the grace period begins. */
  synchronized void beginStop() {
    if (!stopping) {
      stopping = true;
      graceEnds = System.nanoTime() + Waiters.nanos("grace", settings.grace());
      threads.forEach(WorkerThread::stop);
      source.releaseAhead(settler);
    }
  }

  /**
   * Waits for the handlers until the grace period is over and interrupts those that go on.
   *
   * @param atOnce whether it is over now
   * @return whether the thread was interrupted, so that it is over too
   */
  boolean awaitHandlers(boolean atOnce) {
    boolean interrupted = !atOnce && joinUntil(graceEnds);
    threads.forEach(WorkerThread::interruptHandler);
    return interrupted;
  }

  /** Gives back what handlers do not return from, and ends; whether the thread was interrupted. */
  boolean endStop() {
    boolean interrupted = joinUntil(System.nanoTime() + RETURN_MAX.toNanos());
    synchronized (
        this) { // who comes second may close the store, so it waits for what is given back
      threads.forEach(WorkerThread::giveBackAbandoned);
    }
    completions.leaveToStore(); // of a thread that a store in trouble keeps longer than all that
    renewals.end();
    workers.remove(this);
    return interrupted;
  }

  /**
   * Waits for the threads, to {@code deadline} at most; whether it was interrupted, and gave up.
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

  /** How to work. Belongs to one thread; starts any number of workers. */
  public static final class Builder {
    private final StoreEngine engine;
    private final Waiters waiters;
    private final WorkQueue queue;
    private final WorkHandler handler;
    private String name =
        ProcessHandle.current().pid()
            + "-"
            + Long.toHexString(ThreadLocalRandom.current().nextLong());
    private int threads = 1;
    private Duration ttl = TTL_DEFAULT;
    private int batch = 1;
    private Duration grace = GRACE_DEFAULT;

    Builder(StoreEngine engine, Waiters waiters, WorkQueue queue, WorkHandler handler) {
      this.engine = engine;
      this.waiters = waiters;
      this.queue = queue;
      this.handler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * What its claims are labelled with; the process and a random number by default.
     *
     * @throws IllegalArgumentException if it breaks {@link TextRule}
     */
    public Builder name(String name) {
      this.name = TextRule.id("worker", name);
      return this;
    }

    /**
     * How many handlers run at a time, 1 by default.
     *
     * @throws IllegalArgumentException if not from 1 to {@link #THREADS_MAX}
     */
    public Builder threads(int threads) {
      this.threads = Counts.upTo(THREADS_MAX, "threads", threads);
      return this;
    }

    /**
     * How long a claim lives from its last renewal, {@link #TTL_DEFAULT} by default: so long the
     * work of a worker that died waits for another.
     *
     * @throws IllegalArgumentException if it is less than 1 ms or longer than {@link Ttl#MAX}
     */
    public Builder ttl(Duration ttl) {
      long unused = Ttl.toMs(ttl);
      this.ttl = ttl;
      return this;
    }

    /**
     * How much work one transaction claims, 1 by default. What has no thread yet is held until one
     * is free: more is quicker for short work, and less fair to other workers.
     *
     * @throws IllegalArgumentException if not from 1 to {@link WorkQueue#CLAIMS_MAX}
     */
    public Builder batch(int batch) {
      this.batch = Counts.upTo(WorkQueue.CLAIMS_MAX, "batch", batch);
      return this;
    }

    /**
     * How long handlers may go on after a stop, {@link #GRACE_DEFAULT} by default. Zero interrupts
     * them at once.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder grace(Duration grace) {
      long unused = Waiters.nanos("grace", grace);
      this.grace = grace;
      return this;
    }

    /**
     * Starts a worker, whose threads keep no JVM alive. Whoever starts it closes it; closing the
     * store does so too.
     *
     * @throws OutOfMemoryError if not all of its threads can be started; then none has claimed
     *     anything, and none is left
     */
    public Worker start() {
      WorkerSettings settings = new WorkerSettings(name, threads, ttl, batch, grace);
      Worker worker = new Worker(engine, waiters, queue, handler, settings);
      worker.start();
      return worker;
    }
  }
}
