package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreInterruptedException;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Everybody who waits for work of one open store, over all its queues. Safe for use by many
 * threads. For Belay's own features, one for each open store.
 */
public final class Waiters {
  private static final long WAIT_NANOS_MAX = TimeUnit.DAYS.toNanos(36_500);

  private final LongSupplier nanoTime;
  private final WaitingLines lines;
  private final Workers workers = new Workers();
  private final HeldClaims held;
  private volatile Function<HandlerCommit<?>, ?> committer = Waiters::refuseCommit;
  private final Retentions retentions = new Retentions();

  /** For Belay itself: nobody waits yet. */
  public Waiters(StoreEngine engine) {
    this(engine, System::nanoTime);
  }

  /**
   * With another time for what happens once a minute.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  Waiters(StoreEngine engine, LongSupplier nanoTime) {
    Objects.requireNonNull(engine, "engine");
    this.nanoTime = nanoTime;
    this.lines = new WaitingLines(engine);
    this.held = new HeldClaims(engine);
  }

  /** As {@link System#nanoTime}, for what happens once a minute. */
  LongSupplier nanoTime() {
    return nanoTime;
  }

  /** What the workers of this store hold. */
  HeldClaims held() {
    return held;
  }

  /** Has {@link WorkContext#commit} done by {@code committer}, which throws if it is refused. */
  public void commitBy(Function<HandlerCommit<?>, ?> committer) {
    this.committer = Objects.requireNonNull(committer, "committer");
  }

  /** As {@link WorkContext#commit}. */
  @SuppressWarnings("unchecked") // the one HandlerCommit there is and its committer agree
  <R> R commit(HandlerCommit<R> commit) {
    return (R) committer.apply(Objects.requireNonNull(commit, "commit"));
  }

  private static Object refuseCommit(HandlerCommit<?> commit) {
    throw new IllegalArgumentException("nobody can make this commit: " + commit.getClass());
  }

  /**
   * A commit that names {@code claim} is not refused in {@code tx}.
   *
   * @param settles whether it completes the work of the claim
   */
  public void committed(Tx tx, Claim claim, boolean settles) {
    held.answered(tx, claim, null);
    if (settles) {
      held.settled(tx, claim, false);
    }
  }

  /** A commit that names {@code claim} is refused in {@code tx}, for the reason {@code why}. */
  public void refused(Tx tx, Claim claim, Supplier<? extends RuntimeException> why) {
    held.answered(tx, claim, why);
  }

  /** How long the queues of this store keep finished work. */
  Retentions retentions() {
    return retentions;
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
    return untilCalled(awaited, room, deadline, value, attempt, enough);
  }

  /**
   * As {@link #until}, but tries only when {@code awaited} has come: until then it is a look, which
   * one thread makes for all who wait.
   *
   * @param deadline when to give up, of {@code nanoTime}
   * @param value what to return if it never came
   */
  <T> T untilCalled(
      Awaited awaited, int room, long deadline, T value, Supplier<T> attempt, Predicate<T> enough)
      throws InterruptedException {
    T last = value;
    Ticket ticket = new Ticket(room);
    try {
      do {
        lines.standInLine(awaited, ticket);
        if (!ticket.await(deadline)) {
          return last;
        }
        last = interruptibly(attempt);
      } while (!enough.test(last));
      return last;
    } finally {
      lines.leave(awaited, ticket);
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

  /** How many wait and have not been called. */
  int waiting() {
    return lines.waiting();
  }

  /** If {@code step} has added what can be claimed, its commit is to call one who waits for it. */
  void expect(Tx tx, String queue, EnqueueStep step) {
    lines.expect(tx, queue, step);
  }
}
