package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.BelayObserver;
import dev.belay.store.TextRule;
import dev.belay.store.Ttl;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Threads that claim, handle and settle the work of a queue until the worker is closed; see {@link
 * WorkQueue#worker}. Safe for use by many threads.
 *
 * <p>The rules for one claim:
 *
 * <ol>
 *   <li>The claim is renewed every third of its ttl, for as long as its handler runs. What {@link
 *       WorkQueue#claimMore} adds to its grant meanwhile belongs to the run: it is renewed,
 *       completed and given back with it.
 *   <li>When the handler returns, what it has not settled itself is completed, front to back. But
 *       if the last {@code SessionCommit} of this {@code Belay} that named the claim was refused,
 *       the attempt fails, with the refusal as its error: a handler that has another way to deal
 *       with a refusal settles the claim itself. A commit counts once its transaction has
 *       committed, not if its body was undone.
 *   <li>When the handler throws, an {@link Error} too, the first open work fails, to be tried again
 *       or buried, and the class and message are kept; the rest is given back. The same happens if
 *       it runs longer than the {@link Builder#timeLimit}.
 *   <li>One thread completes for all: what others bring while it commits goes into its next commit,
 *       while they go on with other work. What has been done but not completed when the process
 *       dies is done again: at most one batch and two pieces for each thread.
 *   <li>What the handler has settled itself, in any transaction, is left alone; so is work whose
 *       claim was lost.
 *   <li>If the store is in trouble, the settlement is tried again for as long as the claim is held;
 *       then the claim lapses.
 *   <li>The {@link Builder#listener} is notified of each failed attempt, also if the claim was
 *       settled or lost meanwhile, and of work that was done though its claim was lost.
 * </ol>
 *
 * <p>A worker continues after any exception of its handlers, and ends when it or the store is
 * closed; {@code Belay.close()} stops it first. If its store is read-only, it ends by itself, which
 * is logged and visible in {@link #isRunning}.
 *
 * <p>Once a minute it purges work that was finished longer ago than the queue's retention, in small
 * transactions beside the claims. Work is purged only if it was also old enough by the clock of a
 * minute earlier, so that a clock that jumps can be corrected within a minute.
 */
public final class Worker implements AutoCloseable {
  /** The default time for which a claim lives after its last renewal: 60 seconds. */
  public static final Duration TTL_DEFAULT = Duration.ofSeconds(60);

  /** The default time for which handlers may continue after a stop: 30 seconds. */
  public static final Duration GRACE_DEFAULT = Duration.ofSeconds(30);

  /** The maximum number of threads of one worker: 1,024. */
  public static final int THREADS_MAX = 1_024;

  private final WorkerSettings settings;
  private final WorkerCrew crew;

  private Worker(StoreQueues store, WorkHandler handler, WorkerSettings settings) {
    this.settings = settings;
    this.crew = new WorkerCrew(store, handler, settings);
  }

  /** Returns the label of the claims of this worker. */
  public String name() {
    return settings.name();
  }

  /**
   * Returns whether the threads of this worker run: false after it was stopped or has ended by
   * itself.
   */
  public boolean isRunning() {
    return crew.isRunning();
  }

  /**
   * Stops this worker:
   *
   * <ol>
   *   <li>It claims no more work, and gives back claims whose handler has not begun.
   *   <li>Running handlers may continue for the grace period. Then they are interrupted, and their
   *       work is released, whether they return or throw.
   *   <li>If a handler does not return within a second, its work is deferred until its claim would
   *       have lapsed, so that no second handler starts beside it.
   * </ol>
   *
   * <p>No attempt is charged for work that is given back here. This method waits for all three
   * steps, but no longer than the grace period and six seconds, even if the store does not respond.
   * If work cannot be given back by then, that is retried for as long as its claim is held;
   * afterwards the claim lapses. If the calling thread is interrupted, the grace period ends
   * immediately, and the interrupt flag is set again. Closing again has no effect.
   *
   * @throws IllegalStateException if called by one of its handlers, which would wait for itself
   */
  @Override
  public void close() {
    if (crew.isWorkerThread()) {
      throw new IllegalStateException("a worker cannot be closed by its own handler");
    }
    boolean interrupted = Thread.interrupted();
    crew.beginStop();
    if (interrupted) {
      crew.endGrace();
    }
    interrupted |= crew.awaitHandlers();
    interrupted |= crew.endStop();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The settings of a worker. Belongs to one thread; starts any number of workers. */
  public static final class Builder {
    private final StoreQueues store;
    private final String queue;
    private final RetryPolicy retry;
    private final WorkHandler handler;
    private String name =
        ProcessHandle.current().pid()
            + "-"
            + Long.toHexString(ThreadLocalRandom.current().nextLong());
    private int threads = 1;
    private Duration ttl = TTL_DEFAULT;
    private int batch = 1;
    private Duration grace = GRACE_DEFAULT;
    private @Nullable Duration timeLimit;
    private @Nullable BelayObserver listener;

    Builder(StoreQueues store, String queue, RetryPolicy retry, WorkHandler handler) {
      this.store = store;
      this.queue = queue;
      this.retry = retry;
      this.handler = Objects.requireNonNull(handler, "handler");
    }

    /**
     * Sets the label of the worker's claims; by default the process id and a random number.
     *
     * @throws IllegalArgumentException if it breaks {@link TextRule}
     */
    public Builder name(String name) {
      this.name = TextRule.id("worker", name);
      return this;
    }

    /**
     * Sets the number of handlers that run at a time; 1 by default.
     *
     * @throws IllegalArgumentException if not from 1 to {@link #THREADS_MAX}
     */
    public Builder threads(int threads) {
      this.threads = Counts.upTo(THREADS_MAX, "threads", threads);
      return this;
    }

    /**
     * Sets the time for which a claim lives after its last renewal; {@link #TTL_DEFAULT} by
     * default. The work of a dead worker can be claimed again only after this time.
     *
     * @throws IllegalArgumentException if it is less than 1 ms or longer than {@link Ttl#MAX}
     */
    public Builder ttl(Duration ttl) {
      long unused = Ttl.toMs(ttl);
      this.ttl = ttl;
      return this;
    }

    /**
     * Sets the number of pieces of work that one transaction claims; 1 by default. Claims without a
     * free thread are held until a thread is free: a larger batch is faster for short work, and
     * less fair to other workers.
     *
     * @throws IllegalArgumentException if not from 1 to {@link WorkQueue#CLAIMS_MAX}
     */
    public Builder batch(int batch) {
      this.batch = Counts.upTo(ClaimStep.BATCH_MAX, "batch", batch);
      return this;
    }

    /**
     * Sets the time for which handlers may continue after a stop; {@link #GRACE_DEFAULT} by
     * default. With zero they are interrupted immediately.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder grace(Duration grace) {
      long unused = Times.nanos("grace", grace);
      this.grace = grace;
      return this;
    }

    /**
     * Sets the maximum time of one call of the handler; there is none by default. A handler that
     * runs longer is interrupted, and its attempt fails with "ran longer than …" once it returns,
     * whatever its result. A handler that does not return keeps its thread and its claim, and the
     * log shows its stack trace.
     *
     * <p>The time is measured by {@link System#nanoTime} and by the store's clock, and the longer
     * result counts, as for the claim: if the clock is set forward, a handler can be interrupted
     * early.
     *
     * @throws IllegalArgumentException if it is less than 1 ms
     */
    public Builder timeLimit(Duration timeLimit) {
      long unused = Times.positive("timeLimit", timeLimit);
      this.timeLimit = timeLimit;
      return this;
    }

    /**
     * Sets the listener that is notified of failed attempts and lost completions, in place of the
     * store's {@code BelayOptions.withObserver}. What it throws is logged and changes nothing.
     */
    public Builder listener(BelayObserver listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Starts a worker with daemon threads. The caller closes it; closing the store also does.
     * Stores the retention of the queue, if its options set one.
     *
     * @throws OutOfMemoryError if not all of its threads can be started; then none has claimed
     *     work, and all have ended
     */
    public Worker start() {
      WorkerSettings settings =
          new WorkerSettings(queue, retry, name, threads, ttl, batch, grace, timeLimit, listener);
      StoreEngine engine = store.engine();
      WorkHandler carried = new CarriedHandler(handler, engine.context());
      Worker worker = new Worker(store, carried, settings);
      store.retention().store(engine, queue);
      worker.crew.start();
      return worker;
    }
  }
}
