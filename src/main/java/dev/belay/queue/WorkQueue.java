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
 * <p>Every verb has two forms: without a {@link Tx} it is a transaction of its own, with a {@code
 * Tx} it is part of that transaction. Rules for both:
 *
 * <ul>
 *   <li>A claim is live until it is settled, given back or expired. It is expired when {@code
 *       expiresAt <= now}. A verb that gets a claim that is not live changes nothing, and its
 *       result says so, whether or not another worker has the work.
 *   <li>If a claim is of another queue, a text breaks {@link TextRule}, a ttl is shorter than 1 ms
 *       or longer than {@link dev.belay.store.Ttl#MAX}, or a number is out of its bounds, the verb
 *       throws {@link IllegalArgumentException}, and nothing has been read or written.
 *   <li>With the {@code Tx} of another store, a verb throws {@link IllegalArgumentException}. With
 *       the {@code Tx} of a {@code read} or {@code call}, a writing verb throws {@link
 *       IllegalStateException}.
 *   <li>A writing verb writes all its changes or none. If it throws after it has begun to write,
 *       the whole transaction of {@code tx} is rolled back, even if the body catches the exception.
 *       After a refusal, and after an exception before the first write, {@code tx} is unchanged and
 *       usable.
 *   <li>For operating failures, interrupts and waiting the rules of {@link TxRunner} apply.
 *   <li>The transaction of a verb is bounded, however much work falls due, lapses, is finished or
 *       is large: it ends after about a thousand pieces of work or {@link #BATCH_BYTES_MAX}. A verb
 *       with more to do continues in another transaction, so that other writers can run in between;
 *       with a {@code Tx} it stops there.
 * </ul>
 *
 * <p>The dequeue order:
 *
 * <ul>
 *   <li>Claimable work is claimed by priority, the highest first, then by id.
 *   <li>The work of a lane forms a line. Work joins the line at its end and keeps its place until
 *       it is finished. Only the head of the line can be claimed; it competes with other work by
 *       its own priority.
 *   <li>A claim promotes a few hundred pieces of due work, the earliest due first. If more work
 *       falls due at once, priority counts only among the promoted work. Work that is then added to
 *       a lane is behind all due work of the lane, and SCHEDULED until it can join the line.
 * </ul>
 *
 * <p>The holder of a claim renews and settles it. To settle a claim that is not live returns {@link
 * Settlement#CLAIM_LOST}. Work whose cancellation was requested may still be completed or buried;
 * giving it back cancels it. The verbs that show work return it as it is stored.
 */
public final class WorkQueue {
  /** The maximum number of pieces of work that one call enqueues: 100,000. */
  public static final int ENQUEUE_MAX = 100_000;

  /**
   * The maximum number of pieces of work that one call claims: 1,000. For a lane it is {@link
   * #LANE_GRANT_MAX}.
   */
  public static final int CLAIMS_MAX = ClaimStep.BATCH_MAX;

  /** The maximum number of live claims of one lane grant: 100. */
  public static final int LANE_GRANT_MAX = LaneGrant.GRANT_MAX;

  /**
   * The maximum size of the payloads and results of a batch, in UTF-8: 8 MiB. A single larger
   * payload or result is a batch of its own.
   */
  public static final int BATCH_BYTES_MAX = ByteBudget.BYTES_MAX;

  /** The maximum number of pieces of work that one transaction of a purge deletes: 250. */
  public static final int PURGE_BATCH = Purge.BATCH_MAX;

  /** The maximum length of a stored error: 4,000 code points. The rest is cut. */
  public static final int ERROR_MAX = ErrorText.CODE_POINTS_MAX;

  /** The maximum number of pieces of work that one call lists: 10,000. */
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
    this.name = TextRule.queue("queue", name);
    this.claims = new ClaimVerbs(store, name);
    this.settles = new SettleVerbs(store, name);
    this.grouped = new GroupedVerbs(store, name);
    this.options = Objects.requireNonNull(options, "options");
    store.retention().agree(name, options);
  }

  /** Returns the queue's name. */
  public String name() {
    return name;
  }

  /** Returns the transactions of the queue's store. */
  public TxRunner tx() {
    return engine;
  }

  /** Returns the options of this queue. */
  public QueueOptions options() {
    return options;
  }

  /** Adds work. If its key is taken, nothing is written. */
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
   * Adds up to {@link #ENQUEUE_MAX} pieces of work in the order of the list, and returns the result
   * of each. A key that an earlier piece of the list has is taken.
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

  /** Claims the next work until {@code ttl} from now. Returns empty if no work is claimable. */
  @CheckReturnValue
  public Optional<Claim> claim(String worker, Duration ttl) {
    return claims.one(worker, ttl);
  }

  /**
   * As {@link #claim(String, Duration)}, in {@code tx}. Also returns empty if about a thousand
   * pieces of work have fallen due or lapsed and none of them can be claimed; the next claim
   * continues with the rest.
   */
  @CheckReturnValue
  public Optional<Claim> claim(Tx tx, String worker, Duration ttl) {
    return claims.claim(tx, worker, ttl, ClaimStep::one);
  }

  /**
   * Claims up to {@code max} pieces of work, each as a grant of its own. Returns an empty list only
   * if no work is claimable. The list may be shorter than the claimable work: a batch ends before
   * its payloads exceed {@link #BATCH_BYTES_MAX}, and before work with a lapsed claim, which is
   * granted alone.
   */
  @CheckReturnValue
  public List<Claim> claim(String worker, Duration ttl, int max) {
    return claims.claim(worker, ttl, ClaimVerbs.batch(max));
  }

  /**
   * As {@link #claim(String, Duration, int)}, in {@code tx}. Also returns an empty list in the case
   * of {@link #claim(Tx, String, Duration)}.
   */
  @CheckReturnValue
  public List<Claim> claim(Tx tx, String worker, Duration ttl, int max) {
    return claims.claim(tx, worker, ttl, ClaimVerbs.batch(max));
  }

  /**
   * As {@link #claim(String, Duration, int)}, but if no work is claimable, waits until a commit of
   * this or another process makes work claimable, or until work falls due. Returns an empty list if
   * neither happens within {@code wait}.
   *
   * @param wait maximum time to wait, in real time; with zero the method tries once
   * @throws InterruptedException if the thread is interrupted before work was claimed; claims that
   *     were made are returned, with the thread's interrupt flag set
   * @throws IllegalStateException if called from inside a body
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
   * Claims up to {@code max} pieces of work from the front of a lane, in order, as one grant: one
   * token, one expiry. They are finished front to back; to fail, defer or release one of them also
   * gives back those behind it. The list may be shorter as that of a batch.
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
   * Claims up to {@code max} pieces of work directly behind the lane grant of {@code held}, and
   * adds them to that grant. Returns an empty list if none can be claimed there, if {@code held} is
   * in no lane, or if it is not live. The list may be shorter as that of a batch.
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

  /** Renews a claim, and with it its whole lane grant, until {@code ttl} from now. */
  @CheckReturnValue
  public ClaimRenewal renew(Claim claim, Duration ttl) {
    List<Claim> one = List.of(claim);
    return engine.verbFirst(new RenewingClaims(settles, name, ttl, List.of(() -> one))).get(0);
  }

  /** As {@link #renew(Claim, Duration)}, in {@code tx}. */
  @CheckReturnValue
  public ClaimRenewal renew(Tx tx, Claim claim, Duration ttl) {
    return settles.renew(tx, claim, ttl);
  }

  /**
   * Finishes claimed work as DONE.
   *
   * @throws IllegalStateException if earlier work of its lane grant is still open
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

  /** As {@link #complete(Claim)}, and stores the result of the work. */
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
   * Gives claimed work back, to be tried again after the delay of the retry policy. After the last
   * attempt the work is buried instead. The policy is called before the transaction begins, with
   * the claim's attempt. If it throws, the exception is logged, and {@link
   * RetryPolicy#exponential()} is used.
   *
   * @throws IllegalStateException if the policy returns an invalid delay; the claim is as it was
   */
  @CheckReturnValue
  public Settlement fail(Claim claim, String error) {
    String cut = ErrorText.cut("error", error);
    RetryPolicy retry = AskedPolicy.before(options.retry(), claim);
    return settled(engine.verb(tx -> settles.fail(tx, claim, retry, cut)));
  }

  /**
   * As {@link #fail(Claim, String)}, in {@code tx}; the policy is called inside the transaction.
   */
  @CheckReturnValue
  public Settlement fail(Tx tx, Claim claim, String error) {
    return settled(settles.fail(tx, claim, options.retry(), ErrorText.cut("error", error)));
  }

  private static Settlement settled(Outcome outcome) {
    return outcome == Outcome.CLAIM_LOST ? Settlement.CLAIM_LOST : Settlement.SETTLED;
  }

  /** Gives claimed work back; it is due again at {@code until}. The attempt is not charged. */
  @CheckReturnValue
  public Settlement defer(Claim claim, Instant until) {
    return engine.verb(tx -> defer(tx, claim, until));
  }

  /** As {@link #defer(Claim, Instant)}, in {@code tx}. */
  @CheckReturnValue
  public Settlement defer(Tx tx, Claim claim, Instant until) {
    return settles.defer(tx, claim, until);
  }

  /** Gives claimed work back; it is due again immediately. The attempt is not charged. */
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
   * Finishes claimed work as BURIED, a dead letter: it is not tried again unless it is requeued.
   *
   * @throws IllegalStateException if earlier work of its lane grant is still open
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
   * is granted the work before the transaction ends. In a transaction that only reads, the claim
   * may already have changed since the snapshot.
   *
   * @throws ClaimLostException if the claim is no longer live; a body that does not catch it is
   *     rolled back
   */
  public void require(Tx tx, Claim claim) {
    TxCheck.reading(tx, engine, "WorkQueue.require");
    if (!SettleStep.of(tx, claim.inQueue(name)).isLive()) {
      throw new ClaimLostException(claim);
    }
  }

  /**
   * Waits until a piece of work is DONE, BURIED or CANCELLED, and returns it. Returns empty if the
   * work is not finished within {@code wait}, or immediately if it does not exist.
   *
   * <p>If the claim of the last attempt lapses, or a claim of work whose cancellation was
   * requested, this call finishes the work itself. In a store opened for reading it waits until
   * another process does.
   *
   * @param wait maximum time to wait, in real time
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws IllegalStateException if called from inside a body
   */
  public Optional<Work> awaitFinished(long workId, Duration wait) throws InterruptedException {
    return new FinishWait(store, name, workId).await(wait);
  }

  /** Cancels work. If a worker has claimed it, stores a request for that worker instead. */
  @CheckReturnValue
  public Cancellation cancel(long workId) {
    return engine.verb(tx -> cancel(tx, workId));
  }

  /** As {@link #cancel(long)}, in {@code tx}. */
  @CheckReturnValue
  public Cancellation cancel(Tx tx, long workId) {
    return all(tx, "cancel", all -> cancelAndReport(all, workId));
  }

  private Cancellation cancelAndReport(Tx tx, long workId) {
    Cancellation cancellation = new CancelStep(tx, name, workId).cancel();
    store.held().cancelled(tx, name, workId, cancellation);
    return cancellation;
  }

  /**
   * Puts buried or cancelled work back into the queue, with attempt 0. In a lane it is the last in
   * line; without a lane its priority and id decide its place again.
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

  /** Returns a piece of work of this queue. */
  public Optional<Work> find(long workId) {
    return engine.read(tx -> find(tx, workId));
  }

  /** As {@link #find(long)}, in {@code tx}. */
  public Optional<Work> find(Tx tx, long workId) {
    TxCheck.reading(tx, engine, "WorkQueue.find");
    return tx.attach(WorkDao.class).find(workId, name);
  }

  /**
   * Returns the work that has a key, finished or not. If the key is free because its life ended
   * with its work, returns the last work that had it.
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
   * Returns one page of the work in one state, in the order of ids, without payloads and results.
   * Only an empty page means the end; a page shorter than {@code limit} need not be the last. The
   * cost of a page depends on its length, not on the size of the queue.
   *
   * @param afterId the last id of the previous page, 0 for the first page
   * @param limit maximum number of pieces of work, from 1 to {@link #LIMIT_MAX}
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
   * Returns the line of a lane, head first, without payloads and results. Scheduled work is not in
   * line yet.
   *
   * @param limit maximum number of pieces of work, from 1 to {@link #LIMIT_MAX}
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
   * Returns the number of pieces of work in each state. It counts the entries of two indexes, so
   * its time grows with all work in the queue, finished work included: do not poll it.
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
   * in transactions of at most {@link #PURGE_BATCH}. Work that a row of the application refers to
   * by a foreign key is skipped and named in a logged warning.
   *
   * @param finishedBefore the end of the range, exclusive
   * @param max maximum number of pieces of work to delete, at least 1
   * @return the number deleted
   */
  public int purge(Instant finishedBefore, int max) {
    Counts.upTo(Integer.MAX_VALUE, "max", max);
    store.retention().store(engine, name);
    return new Purge(engine, name).run(Times.clamped("finishedBefore", finishedBefore), max);
  }

  /**
   * As {@link #purge(Instant, int)}, in {@code tx}, but it deletes one batch, and skips at most
   * 2,500 pieces of work that cannot be deleted. If more of them are the oldest, it returns 0
   * although other work could be deleted; only the verb without {@code tx} continues behind them.
   * If a deferred constraint refuses the deletion of work, {@code tx} fails.
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

  /**
   * Deletes one piece of finished work, whatever its age, and frees its key.
   *
   * @return false if the queue has no such work, or if it is not finished; nothing has changed
   */
  public boolean delete(long workId) {
    return engine.verb(tx -> delete(tx, workId));
  }

  /** As {@link #delete(long)}, in {@code tx}. */
  public boolean delete(Tx tx, long workId) {
    return all(tx, "delete", all -> new CancelStep(all, name, workId).delete());
  }

  /**
   * Returns a builder of a worker: threads that claim work, call {@code handler} with it and settle
   * it.
   */
  public Worker.Builder worker(WorkHandler handler) {
    return new Worker.Builder(store, name, options.retry(), handler);
  }

  private <T> T all(Tx tx, String verb, Function<Tx, T> steps) {
    return engine.all(tx, "WorkQueue." + verb, steps);
  }
}
