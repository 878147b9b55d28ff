package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TokenSpace;
import dev.belay.store.CheckReturnValue;
import dev.belay.store.TextRule;
import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A durable queue of work. Safe for use by many threads; workers in many processes may share it.
 *
 * <p>Every verb has two forms: alone it is a transaction of its own; with a {@link Tx} it is part
 * of that one. What holds for both:
 *
 * <ul>
 *   <li>A claim is live until it is settled, given back, or expires, at that very millisecond. What
 *       is done with one that is not live changes nothing and answers so, whoever has the work now.
 *   <li>A claim of another queue, text that breaks {@link TextRule}, a ttl shorter than 1 ms or
 *       longer than {@link dev.belay.store.Ttl#MAX} and a number out of its bounds are {@link
 *       IllegalArgumentException}; nothing has been read or written then.
 *   <li>With the {@code Tx} of another store a verb throws {@link IllegalArgumentException}; a
 *       writing verb with the {@code Tx} of a {@code read} or {@code call} throws {@link
 *       IllegalStateException}.
 *   <li>A writing verb does all that it does or nothing. If it throws after it has begun to write,
 *       nothing of {@code tx} can be kept, whatever the body does with the exception; an answer,
 *       and an exception before that, leave {@code tx} as it was.
 *   <li>Operating failures, interrupts and waiting are those of {@link TxRunner}.
 * </ul>
 *
 * <p>Without a lane, work is claimed by priority, the higher the sooner, then by id. A lane is a
 * line: work joins it at the end, and keeps its place until it is finished; only the first in line
 * can be claimed, and competes with other work by its own priority. Work that falls due takes its
 * place a few hundred pieces a claim, the earliest first; where more than that falls due at once,
 * priority counts among what has taken its place, and what is added to a lane stands behind all of
 * it, SCHEDULED until its turn to join the line comes.
 *
 * <p>No transaction of a verb grows with what falls due, lapses, is finished or is large: it ends
 * after about a thousand pieces of work and {@link #BATCH_BYTES_MAX}. A verb with more to do goes
 * on in the next transaction, so that others come in between; with a {@code Tx} it stops there.
 */
public final class WorkQueue implements Settling, WorkView {
  /** How much work one call enqueues. */
  public static final int ENQUEUE_MAX = 100_000;

  /** How much work one call claims; of a lane {@link #LANE_GRANT_MAX}. */
  public static final int CLAIMS_MAX = 1_000;

  /** How many live claims one lane grant has. */
  public static final int LANE_GRANT_MAX = LaneGrant.GRANT_MAX;

  /** How many bytes of payloads and results a batch has, in UTF-8, but for a single one. */
  public static final int BATCH_BYTES_MAX = ByteBudget.BYTES_MAX;

  /** How much work one transaction of a purge deletes. */
  public static final int PURGE_BATCH = 250;

  private final StoreEngine engine;
  private final ClaimVerbs claims;
  private final Waiters waiters;
  private final String name;
  private final QueueOptions options;

  /** For Belay itself; users get theirs from {@code Belay.queue(…)}. */
  public WorkQueue(
      StoreEngine engine, TokenSpace tokens, Waiters waiters, String name, QueueOptions options) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.waiters = Objects.requireNonNull(waiters, "waiters");
    this.name = TextRule.id("queue", name);
    this.claims = new ClaimVerbs(engine, Objects.requireNonNull(tokens, "tokens"), name);
    this.options = Objects.requireNonNull(options, "options");
    waiters.retentions().agree(name, options);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public TxRunner tx() {
    return engine;
  }

  @Override
  public QueueOptions options() {
    return options;
  }

  /** Adds work, unless its key is taken: then nothing is written. */
  @CheckReturnValue
  public Enqueued enqueue(NewWork work) {
    return engine.verb(tx -> enqueue(tx, work));
  }

  /** As {@link #enqueue(NewWork)}, in {@code tx}. */
  @CheckReturnValue
  public Enqueued enqueue(Tx tx, NewWork work) {
    return enqueueAll(tx, "enqueue", List.of(work)).get(0);
  }

  /**
   * Adds up to {@link #ENQUEUE_MAX} pieces of work in their order and returns the result of each;
   * keys count within the list too.
   */
  @CheckReturnValue
  public List<Enqueued> enqueueAll(List<NewWork> works) {
    List<NewWork> all = List.copyOf(works);
    return engine.verb(tx -> enqueueAll(tx, all));
  }

  /** As {@link #enqueueAll(List)}, in {@code tx}. */
  @CheckReturnValue
  public List<Enqueued> enqueueAll(Tx tx, List<NewWork> works) {
    List<NewWork> all = List.copyOf(works); // refuses null before anything is written
    if (all.size() > ENQUEUE_MAX) {
      throw new IllegalArgumentException(
          "one call enqueues up to " + ENQUEUE_MAX + " pieces of work: " + all.size());
    }
    return enqueueAll(tx, "enqueueAll", all);
  }

  private List<Enqueued> enqueueAll(Tx tx, String verb, List<NewWork> works) {
    return all(tx, verb, all -> EnqueuePlan.enqueue(all, waiters, name, works));
  }

  /** Claims the next work until {@code ttl} from now; empty if none is claimable. */
  @CheckReturnValue
  public Optional<Claim> claim(String worker, Duration ttl) {
    return claims.claim(worker, ttl, ClaimStep::one);
  }

  /**
   * As {@link #claim(String, Duration)}, in {@code tx}. Also empty if a thousand pieces of work
   * have fallen due or lapsed of which none can be claimed: the next claim goes on with the rest.
   */
  @CheckReturnValue
  public Optional<Claim> claim(Tx tx, String worker, Duration ttl) {
    return claims.claim(tx, worker, ttl, ClaimStep::one);
  }

  /**
   * Claims up to {@code max} pieces of work, each as a grant of its own. It may be fewer than are
   * claimable: the batch ends before its payloads pass {@link #BATCH_BYTES_MAX}, and before work
   * that has lapsed before, which is granted alone. Empty only if nothing is claimable.
   */
  @CheckReturnValue
  public List<Claim> claim(String worker, Duration ttl, int max) {
    return claims.claim(worker, ttl, ClaimVerbs.batch(max));
  }

  /** As {@link #claim(String, Duration, int)}, in {@code tx}; empty as that with a Tx is. */
  @CheckReturnValue
  public List<Claim> claim(Tx tx, String worker, Duration ttl, int max) {
    return claims.claim(tx, worker, ttl, ClaimVerbs.batch(max));
  }

  /**
   * As {@link #claim(String, Duration, int)}, and if nothing is claimable waits for it: for the
   * commit that makes it so, here or in another process, or for its time to come. Empty if nothing
   * came within {@code wait}, which is real time; zero is a single try.
   *
   * @throws InterruptedException if the thread is interrupted before anything was claimed; claims
   *     that were made are returned, with the thread's interrupt flag set
   * @throws IllegalStateException from inside a body
   */
  @CheckReturnValue
  public List<Claim> claim(String worker, Duration ttl, int max, Duration wait)
      throws InterruptedException {
    return waiters.until(
        new Awaited.Claimable(name),
        max,
        wait,
        () -> claim(worker, ttl, max),
        claims -> !claims.isEmpty());
  }

  /**
   * Claims the front of a lane, in order, as one grant: one token, one expiry. Its work is finished
   * front to back; to fail, defer or release one gives back what stands behind it. May be fewer
   * than {@code max}, as a batch may.
   */
  @CheckReturnValue
  public List<Claim> claimLane(String lane, String worker, Duration ttl, int max) {
    return engine.verb(tx -> claimLane(tx, lane, worker, ttl, max));
  }

  /** As {@link #claimLane(String, String, Duration, int)}, in {@code tx}. */
  @CheckReturnValue
  public List<Claim> claimLane(Tx tx, String lane, String worker, Duration ttl, int max) {
    return claims.claimLane(tx, lane, worker, ttl, max);
  }

  /**
   * Claims what stands right behind the lane grant of {@code held} into that grant. Empty if
   * nothing does, if {@code held} is in no lane, or if it is not live. May be fewer, as a batch.
   */
  @CheckReturnValue
  public List<Claim> claimMore(Claim held, int max) {
    return engine.verb(tx -> claimMore(tx, held, max));
  }

  /** As {@link #claimMore(Claim, int)}, in {@code tx}. */
  @CheckReturnValue
  public List<Claim> claimMore(Tx tx, Claim held, int max) {
    return waiters.held().joined(tx, held, claims.claimMore(tx, held, max));
  }

  /**
   * Waits until a piece of work is DONE, BURIED or CANCELLED. Empty if it is not within {@code
   * wait}, which is real time, or if there is no such work, which is answered at once. It goes by
   * the clock: work whose last claim has lapsed, or a lapsed claim that somebody asked to cancel,
   * is finished by this call if nobody else does; in a store opened for reading it stays.
   *
   * @throws InterruptedException if the thread is interrupted before
   * @throws IllegalStateException from inside a body
   */
  public Optional<Work> awaitFinished(long workId, Duration wait) throws InterruptedException {
    return new FinishWait(engine, waiters, this, workId).await(wait);
  }

  /** Cancels work, or asks its worker to. */
  @CheckReturnValue
  public Cancellation cancel(long workId) {
    return engine.verb(tx -> cancel(tx, workId));
  }

  /** As {@link #cancel(long)}, in {@code tx}. */
  @CheckReturnValue
  public Cancellation cancel(Tx tx, long workId) {
    return all(
        tx,
        "cancel",
        all -> waiters.held().told(all, name, workId, new CancelStep(all, name, workId).cancel()));
  }

  /**
   * Makes buried or cancelled work new, with attempt 0: last in its lane, else in its id's place.
   */
  @CheckReturnValue
  public Requeue requeue(long workId) {
    return engine.verb(tx -> requeue(tx, workId));
  }

  /** As {@link #requeue(long)}, in {@code tx}. */
  @CheckReturnValue
  public Requeue requeue(Tx tx, long workId) {
    return all(tx, "requeue", all -> new CancelStep(all, name, workId).requeue());
  }

  /**
   * Deletes work that was finished before {@code finishedBefore}, the longest finished first, and
   * frees its keys, in transactions of {@link #PURGE_BATCH} at most; returns how many. What a row
   * of the application refers to by a foreign key stays, is named in the log, and hinders no other.
   */
  public int purge(Instant finishedBefore, int max) {
    Counts.upTo(Integer.MAX_VALUE, "max", max);
    storeRetention();
    return new Purge(engine, name).run(Times.clamped("finishedBefore", finishedBefore), max);
  }

  /**
   * As {@link #purge(Instant, int)}, in {@code tx}, once; it passes over 2,500 that stay at most.
   */
  public int purge(Tx tx, Instant finishedBefore, int max) {
    Counts.upTo(Integer.MAX_VALUE, "max", max);
    long beforeMs = Times.clamped("finishedBefore", finishedBefore);
    return all(tx, "purge", all -> new Purge(engine, name).step(all, this, beforeMs, max));
  }

  /** Stores how long this queue keeps what is finished, if that was said in this process. */
  void storeRetention() {
    waiters.retentions().store(engine, name);
  }

  /** How long this queue keeps what is finished; stores what was said in this process. */
  Retention retention(Tx tx) {
    return waiters.retentions().keep(tx, name);
  }

  /** What the workers of the queue's store hold. */
  HeldClaims held() {
    return waiters.held();
  }

  /** For a worker, to be started: threads that claim, call {@code handler} and settle. */
  public Worker.Builder worker(WorkHandler handler) {
    return new Worker.Builder(engine, waiters, this, handler);
  }

  private <T> T all(Tx tx, String verb, Function<Tx, T> steps) {
    return engine.all(tx, "WorkQueue." + verb, steps);
  }
}
