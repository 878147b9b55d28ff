package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TxCheck;
import dev.belay.store.BelayObserver.SettlementEvent.Outcome;
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
import org.jspecify.annotations.Nullable;

/**
 * A durable queue of work. Safe for use by many threads; workers in many processes may share it.
 *
 * <p>Every verb has two forms: alone it is a transaction of its own; with a {@link Tx} it is part
 * of that one. What holds for both:
 *
 * <ul>
 *   <li>A claim is live until it is settled, given back, or expires, at that very millisecond. A
 *       verb with a claim that is not live changes nothing and answers so, whether or not another
 *       worker has the work.
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
 * priority counts among what has taken its place, and what is added to a lane is behind all of it,
 * SCHEDULED until it can join the line.
 *
 * <p>The holder of a claim renews and settles it. A claim that is not live answers {@link
 * Settlement#CLAIM_LOST}, and nothing changes. Work with a request to cancel it may still be
 * completed or buried; giving it back cancels it. The verbs that show work show what is stored.
 *
 * <p>No transaction of a verb grows with what falls due, lapses, is finished or is large: it ends
 * after about a thousand pieces of work and {@link #BATCH_BYTES_MAX}. A verb with more to do goes
 * on in the next transaction, so that other writers come in between; with a {@code Tx} it stops
 * there.
 */
public final class WorkQueue {
  /** The most work that one call enqueues. */
  public static final int ENQUEUE_MAX = 100_000;

  /** The most work that one call claims; of a lane {@link #LANE_GRANT_MAX}. */
  public static final int CLAIMS_MAX = ClaimStep.BATCH_MAX;

  /** The most live claims of one lane grant. */
  public static final int LANE_GRANT_MAX = LaneGrant.GRANT_MAX;

  /**
   * The most bytes of payloads and results that a batch has, in UTF-8, unless a single one is
   * larger: 8 MiB.
   */
  public static final int BATCH_BYTES_MAX = ByteBudget.BYTES_MAX;

  /** The most work that one transaction of a purge deletes. */
  public static final int PURGE_BATCH = Purge.BATCH_MAX;

  /** The most code points of an error that are kept; the rest is cut. */
  public static final int ERROR_MAX = ErrorText.CODE_POINTS_MAX;

  /** The most work that one call lists. */
  public static final int LIMIT_MAX = 10_000;

  private final StoreQueues store;
  private final StoreEngine engine;
  private final ClaimVerbs claims;
  private final SettleVerbs settles;
  private final GroupedVerbs grouped;
  private final String name;
  private final QueueOptions options;

  WorkQueue(StoreQueues store, String name, QueueOptions options) {
    this.store = store;
    this.engine = store.engine();
    this.name = TextRule.id("queue", name);
    this.claims = new ClaimVerbs(store, name);
    this.settles = new SettleVerbs(store, name);
    this.grouped = new GroupedVerbs(store, name);
    this.options = Objects.requireNonNull(options, "options");
    store.retention().agree(name, options);
  }

  /** The queue's name. */
  public String name() {
    return name;
  }

  /** The transactions of the queue's store. */
  public TxRunner tx() {
    return engine;
  }

  /** How the queue behaves. */
  public QueueOptions options() {
    return options;
  }

  /** Adds work, unless its key is taken: then nothing is written. */
  @CheckReturnValue
  public Enqueued enqueue(NewWork work) {
    Enqueued added = grouped.enqueue(work);
    return added != null ? added : engine.verb(tx -> enqueue(tx, work));
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
    return all(tx, verb, all -> EnqueuePlan.enqueue(all, store.waits(), name, works));
  }

  /** Claims the next work until {@code ttl} from now; empty if none is claimable. */
  @CheckReturnValue
  public Optional<Claim> claim(String worker, Duration ttl) {
    return claims.one(worker, ttl);
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
    return claims.batch(worker, ttl, max);
  }

  /**
   * As {@link #claim(String, Duration, int)}, in {@code tx}; may be empty as {@link #claim(Tx,
   * String, Duration)} may.
   */
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
    return store
        .waits()
        .until(
            new Awaited.Claimable(name),
            max,
            wait,
            () -> claim(worker, ttl, max),
            claims -> !claims.isEmpty());
  }

  /**
   * Claims the front of a lane, in order, as one grant: one token, one expiry. Its work is finished
   * front to back; to fail, defer or release one gives back what is behind it. May be fewer than
   * {@code max}, as a batch may.
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
   * Claims what is right behind the lane grant of {@code held} into that grant. Empty if nothing
   * can be claimed there, if {@code held} is in no lane, or if it is not live. May be fewer than
   * {@code max}, as a batch may.
   */
  @CheckReturnValue
  public List<Claim> claimMore(Claim held, int max) {
    return engine.verb(tx -> claimMore(tx, held, max));
  }

  /** As {@link #claimMore(Claim, int)}, in {@code tx}. */
  @CheckReturnValue
  public List<Claim> claimMore(Tx tx, Claim held, int max) {
    return claims.claimMore(tx, held, max);
  }

  /** Renews a claim, and with it all of its lane grant, until {@code ttl} from now. */
  @CheckReturnValue
  public ClaimRenewal renew(Claim claim, Duration ttl) {
    return engine.verbFirst(tx -> renew(tx, claim, ttl));
  }

  /** As {@link #renew(Claim, Duration)}, in {@code tx}. */
  @CheckReturnValue
  public ClaimRenewal renew(Tx tx, Claim claim, Duration ttl) {
    return settles.renew(tx, claim, ttl);
  }

  /**
   * Finishes claimed work as DONE.
   *
   * @throws IllegalStateException if earlier work of its lane grant is open
   */
  @CheckReturnValue
  public Settlement complete(Claim claim) {
    return isCompleted(claim, null) ? Settlement.SETTLED : engine.verb(tx -> complete(tx, claim));
  }

  private boolean isCompleted(Claim claim, @Nullable String result) {
    return grouped.isOpen()
        && grouped
            .complete(List.of(new GroupedVerbs.Completed(claim.inQueue(name), result)))
            .get(0);
  }

  /** As {@link #complete(Claim)}, in {@code tx}. */
  @CheckReturnValue
  public Settlement complete(Tx tx, Claim claim) {
    return settles.complete(tx, claim, null);
  }

  /** As {@link #complete(Claim)}, and keeps the result of the work. */
  @CheckReturnValue
  public Settlement complete(Claim claim, String result) {
    return isCompleted(claim, TextRule.body("result", result))
        ? Settlement.SETTLED
        : engine.verb(tx -> complete(tx, claim, result));
  }

  /** As {@link #complete(Claim, String)}, in {@code tx}. */
  @CheckReturnValue
  public Settlement complete(Tx tx, Claim claim, String result) {
    return settles.complete(tx, claim, TextRule.body("result", result));
  }

  /**
   * Gives claimed work back to be tried later, by the retry policy; buries the last attempt. The
   * policy is asked before the transaction begins, by the claim's attempt. A policy that throws is
   * logged, and {@link RetryPolicy#exponential()} takes its place.
   *
   * @throws IllegalStateException if the policy returns no valid delay; the claim is as it was
   */
  @CheckReturnValue
  public Settlement fail(Claim claim, String error) {
    String cut = ErrorText.cut("error", error);
    RetryPolicy retry = AskedPolicy.before(options.retry(), claim);
    return settled(engine.verb(tx -> settles.fail(tx, claim, retry, cut)));
  }

  /** As {@link #fail(Claim, String)}, in {@code tx}, in which the policy is asked too. */
  @CheckReturnValue
  public Settlement fail(Tx tx, Claim claim, String error) {
    return settled(settles.fail(tx, claim, options.retry(), ErrorText.cut("error", error)));
  }

  private static Settlement settled(Outcome outcome) {
    return outcome == Outcome.CLAIM_LOST ? Settlement.CLAIM_LOST : Settlement.SETTLED;
  }

  /** Gives claimed work back until {@code until}, and charges no attempt. */
  @CheckReturnValue
  public Settlement defer(Claim claim, Instant until) {
    return engine.verb(tx -> defer(tx, claim, until));
  }

  /** As {@link #defer(Claim, Instant)}, in {@code tx}. */
  @CheckReturnValue
  public Settlement defer(Tx tx, Claim claim, Instant until) {
    return settles.defer(tx, claim, until);
  }

  /** Gives claimed work back at once, and charges no attempt. */
  @CheckReturnValue
  public Settlement release(Claim claim) {
    return engine.verb(tx -> release(tx, claim));
  }

  /** As {@link #release(Claim)}, in {@code tx}. */
  @CheckReturnValue
  public Settlement release(Tx tx, Claim claim) {
    return settles.release(tx, claim);
  }

  /**
   * Finishes claimed work as BURIED: it is not tried again, unless it is requeued.
   *
   * @throws IllegalStateException if earlier work of its lane grant is open
   */
  @CheckReturnValue
  public Settlement bury(Claim claim, String reason) {
    return engine.verb(tx -> bury(tx, claim, reason));
  }

  /** As {@link #bury(Claim, String)}, in {@code tx}. */
  @CheckReturnValue
  public Settlement bury(Tx tx, Claim claim, String reason) {
    return settles.bury(tx, claim, ErrorText.cut("reason", reason));
  }

  /**
   * Checks that a claim is live, without settling it. In a transaction that writes, no other worker
   * is granted the work before it ends; what a reader finds may be outdated.
   *
   * @throws ClaimLostException if it is not; let it pass, so that nothing of {@code tx} stays
   */
  public void require(Tx tx, Claim claim) {
    TxCheck.reading(tx, engine, "WorkQueue.require");
    if (!new SettleStep(tx, claim.inQueue(name)).isLive()) {
      throw new ClaimLostException(claim);
    }
  }

  /**
   * Waits until a piece of work is DONE, BURIED or CANCELLED. Empty if it is not within {@code
   * wait}, which is real time, or if there is no such work, which is answered at once. It goes by
   * the clock: if the claim of the last attempt has lapsed, or a claim under a request to cancel,
   * this call finishes the work unless another does; in a store opened for reading it waits for
   * another.
   *
   * @throws InterruptedException if the thread is interrupted before
   * @throws IllegalStateException from inside a body
   */
  public Optional<Work> awaitFinished(long workId, Duration wait) throws InterruptedException {
    return new FinishWait(store, name, workId).await(wait);
  }

  /** Cancels work, or asks its worker to. */
  @CheckReturnValue
  public Cancellation cancel(long workId) {
    return engine.verb(tx -> cancel(tx, workId));
  }

  /** As {@link #cancel(long)}, in {@code tx}. */
  @CheckReturnValue
  public Cancellation cancel(Tx tx, long workId) {
    return all(tx, "cancel", all -> cancelAndTell(all, workId));
  }

  private Cancellation cancelAndTell(Tx tx, long workId) {
    Cancellation cancellation = new CancelStep(tx, name, workId).cancel();
    store.held().cancelled(tx, name, workId, cancellation);
    return cancellation;
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

  /** Finds a piece of work of this queue. */
  public Optional<Work> find(long workId) {
    return engine.read(tx -> find(tx, workId));
  }

  /** As {@link #find(long)}, in {@code tx}. */
  public Optional<Work> find(Tx tx, long workId) {
    TxCheck.reading(tx, engine, "WorkQueue.find");
    return tx.attach(WorkDao.class).find(workId, name);
  }

  /**
   * Finds the work that has a key, finished or not. If no work has it, because its life ended with
   * its work, finds the last work that had it.
   */
  public Optional<Work> findByKey(String key) {
    return engine.read(tx -> findByKey(tx, key));
  }

  /** As {@link #findByKey(String)}, in {@code tx}. */
  public Optional<Work> findByKey(Tx tx, String key) {
    TxCheck.reading(tx, engine, "WorkQueue.findByKey");
    TextRule.id("work key", key);
    WorkDao dao = tx.attach(WorkDao.class);
    return dao.findByKey(name, key).or(() -> dao.findBySpentKey(name, key));
  }

  /**
   * Lists work in one state, by id, page by page, as lines without payload and result. Only an
   * empty page is the end: one that is shorter than {@code limit} need not be the last. A page
   * costs what it shows, however much the queue holds.
   *
   * @param afterId the last id of the page before, 0 for the first page
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
   */
  public List<WorkLine> list(WorkState state, long afterId, int limit) {
    return engine.read(tx -> list(tx, state, afterId, limit));
  }

  /** As {@link #list(WorkState, long, int)}, in {@code tx}. */
  public List<WorkLine> list(Tx tx, WorkState state, long afterId, int limit) {
    TxCheck.reading(tx, engine, "WorkQueue.list");
    if (afterId < 0) {
      throw new IllegalArgumentException("afterId must not be negative: " + afterId);
    }
    Counts.upTo(LIMIT_MAX, "limit", limit);
    WorkDao dao = tx.attach(WorkDao.class);
    return state == WorkState.READY
        ? dao.listReady(name, afterId, limit)
        : dao.list(name, state.name(), afterId, limit);
  }

  /**
   * Lists the line of a lane, head first, without payload and result. Scheduled work is not in line
   * yet.
   *
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
   */
  public List<WorkLine> lane(String lane, int limit) {
    return engine.read(tx -> lane(tx, lane, limit));
  }

  /** As {@link #lane(String, int)}, in {@code tx}. */
  public List<WorkLine> lane(Tx tx, String lane, int limit) {
    TxCheck.reading(tx, engine, "WorkQueue.lane");
    TextRule.id("lane", lane);
    Counts.upTo(LIMIT_MAX, "limit", limit);
    return tx.attach(WorkDao.class).lane(name, lane, limit);
  }

  /**
   * Counts the work in each state, by the entries of two indexes: its time grows with all that the
   * queue holds, finished work included, so it is not for polling.
   */
  public QueueStats stats() {
    return engine.read(tx -> stats(tx));
  }

  /** As {@link #stats()}, in {@code tx}. */
  public QueueStats stats(Tx tx) {
    TxCheck.reading(tx, engine, "WorkQueue.stats");
    return tx.attach(WorkDao.class).stats(name);
  }

  /**
   * Deletes work that was finished before {@code finishedBefore}, oldest first, and frees its keys,
   * in transactions of {@link #PURGE_BATCH} at most. Returns the number deleted. Work that a row of
   * the application refers to by a foreign key is skipped, and named in the log.
   */
  public int purge(Instant finishedBefore, int max) {
    Counts.upTo(Integer.MAX_VALUE, "max", max);
    store.retention().store(engine, name);
    return new Purge(engine, name).run(Times.clamped("finishedBefore", finishedBefore), max);
  }

  /**
   * As {@link #purge(Instant, int)}, in {@code tx}: one batch. It passes over at most 2,500 pieces
   * of work that cannot be deleted: where more of them are the oldest, it returns 0 though there is
   * more, and only the verb without {@code tx} goes on behind them. Work that a deferred constraint
   * holds makes {@code tx} fail.
   */
  public int purge(Tx tx, Instant finishedBefore, int max) {
    Counts.upTo(Integer.MAX_VALUE, "max", max);
    long beforeMs = Times.clamped("finishedBefore", finishedBefore);
    return all(
        tx,
        "purge",
        all -> {
          var unused = store.retention().keep(all, name);
          return new Purge(engine, name).step(all, beforeMs, max);
        });
  }

  /** Builds a worker: threads that claim work, call {@code handler} with it and settle it. */
  public Worker.Builder worker(WorkHandler handler) {
    return new Worker.Builder(store, name, options.retry(), handler);
  }

  private <T> T all(Tx tx, String verb, Function<Tx, T> steps) {
    return engine.all(tx, "WorkQueue." + verb, steps);
  }
}
