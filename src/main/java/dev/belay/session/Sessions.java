package dev.belay.session;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.TxCheck;
import dev.belay.queue.HandlerCommit;
import dev.belay.queue.QueueEngine;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.Turn.ClaimUse;
import dev.belay.store.CheckReturnValue;
import dev.belay.store.TextRule;
import dev.belay.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a store. Safe for use by many threads.
 *
 * <p>Every verb has two forms: without a {@link Tx} it is a transaction of its own, with a {@code
 * Tx} it is part of that transaction. Rules for both:
 *
 * <ul>
 *   <li>A reading verb returns an empty result for a session that does not exist, was deleted, or
 *       was cleared without a later commit.
 *   <li>A page of events ends at its limit or at 8 MiB of payload, whichever comes first, but has
 *       at least one event if there is any. Therefore only an empty page means the end. The same is
 *       true of pages of sessions.
 *   <li>If a session id breaks {@link TextRule}, or another argument is out of its bounds, the verb
 *       throws {@link IllegalArgumentException}, and nothing has been read or written.
 *   <li>With the {@code Tx} of another store, a verb throws {@link IllegalArgumentException}. With
 *       the {@code Tx} of a {@code read} or {@code call}, a writing verb throws {@link
 *       IllegalStateException}.
 *   <li>A writing verb writes all its changes or none. If it throws after it has begun to write,
 *       the whole transaction of {@code tx} is rolled back, even if the body catches the exception.
 *       After a refusal, and after an exception before the first write, {@code tx} is unchanged and
 *       usable.
 *   <li>For operating failures, interrupts and waiting the rules of {@link
 *       dev.belay.store.TxRunner} apply.
 * </ul>
 */
public final class Sessions {
  /** The maximum number of events or sessions that one call lists: 10,000. */
  public static final int LIMIT_MAX = 10_000;

  private final StoreEngine engine;
  private final QueueEngine queues;
  private final Freeing freeing;
  private final GroupedCommits grouped;

  /**
   * Creates the sessions of a store. For Belay itself; an application calls {@code
   * Belay.sessions()}.
   */
  public Sessions(StoreEngine engine, QueueEngine queues) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.queues = Objects.requireNonNull(queues, "queues");
    queues.commitBy(this::commitOrThrow);
    this.freeing = new Freeing(engine);
    this.grouped = new GroupedCommits(engine, freeing);
  }

  /**
   * Commits to a session, or returns why the commit is refused. A refusal has written nothing.
   *
   * <p>A commit adds 1 to the revision, independent of its number of events. The checks of claims
   * and leases, and the changes of queues and leases, are part of the same transaction.
   *
   * @throws IllegalStateException if the commit completes work while earlier work of the same lane
   *     grant stays open; nothing has been written
   */
  @CheckReturnValue
  public CommitOutcome commit(SessionCommit commit) {
    byte[] hash = hash(commit);
    return grouped.commit(commit, hash, () -> engine.verb(tx -> commitAll(tx, commit, hash)));
  }

  /**
   * As {@link #commit(SessionCommit)}, in {@code tx}. After a refusal the caller chooses: it
   * continues with the transaction, or rolls it back.
   */
  @CheckReturnValue
  public CommitOutcome commit(Tx tx, SessionCommit commit) {
    byte[] hash = hash(commit);
    return engine.all(tx, "Sessions.commit", all -> commitAll(all, commit, hash));
  }

  private CommitOutcome commitAll(Tx tx, SessionCommit commit, byte @Nullable [] hash) {
    CommitOutcome outcome = new CommitStep(tx, commit, hash).run();
    CommitReports.report(tx, commit, outcome);
    notifyWorkers(tx, commit, outcome);
    freeing.look(tx);
    return outcome;
  }

  private void notifyWorkers(Tx tx, SessionCommit commit, CommitOutcome outcome) {
    for (ClaimUse use : commit.turn().claims()) {
      if (outcome instanceof Committed committed) {
        // A replay may have completed the work in an earlier call, so it counts as a commit only.
        if (use.completes() && !committed.replayed()) {
          queues.completed(tx, use.claim());
        } else {
          queues.committed(tx, use.claim());
        }
      } else {
        queues.refused(tx, use.claim(), () -> new CommitRefusedException(outcome));
      }
    }
  }

  private Committed commitOrThrow(HandlerCommit<?> commit) {
    return commit((SessionCommit) commit).orThrow();
  }

  /** Returns the head of a session. */
  public Optional<Session> find(String id) {
    return engine.read(tx -> find(tx, id));
  }

  /** As {@link #find(String)}, in {@code tx}. */
  public Optional<Session> find(Tx tx, String id) {
    TxCheck.reading(tx, engine, "Sessions.find");
    return tx.attach(SessionDao.class).find(Arguments.sessionId(id));
  }

  /** Returns a session and its whole history, from one snapshot. */
  public Optional<Loaded> load(String id) {
    return engine.read(tx -> load(tx, id));
  }

  /** As {@link #load(String)}, in {@code tx}. */
  public Optional<Loaded> load(Tx tx, String id) {
    TxCheck.reading(tx, engine, "Sessions.load");
    Optional<Session> session = tx.attach(SessionDao.class).find(Arguments.sessionId(id));
    return session.map(found -> new Loaded(found, history(tx, id)));
  }

  /** Returns the history: the path from the root to the leaf, root first. */
  public List<SessionEvent> history(String id) {
    return engine.read(tx -> history(tx, id));
  }

  /** As {@link #history(String)}, in {@code tx}. */
  public List<SessionEvent> history(Tx tx, String id) {
    return history(tx, id, Integer.MAX_VALUE);
  }

  /**
   * Returns the newest events of the history, the oldest of them first.
   *
   * @param last maximum number of events, at least 1
   */
  public List<SessionEvent> history(String id, int last) {
    return engine.read(tx -> history(tx, id, last));
  }

  /** As {@link #history(String, int)}, in {@code tx}. */
  public List<SessionEvent> history(Tx tx, String id, int last) {
    TxCheck.reading(tx, engine, "Sessions.history");
    Arguments.atLeastOne("last", last);
    return new LogReading(tx, Arguments.sessionId(id)).last(last);
  }

  /**
   * Returns one page of the history: the newest events before {@code beforeSeq}, the oldest of them
   * first. For the first page, {@code beforeSeq} is {@link Long#MAX_VALUE}; for the next page, it
   * is the {@code seq} of the first event of the previous page.
   *
   * @param beforeSeq the end of the page, exclusive, at least 0; the history need not contain an
   *     event with this seq
   * @param last maximum number of events, at least 1
   */
  public List<SessionEvent> history(String id, long beforeSeq, int last) {
    return engine.read(tx -> history(tx, id, beforeSeq, last));
  }

  /** As {@link #history(String, long, int)}, in {@code tx}. */
  public List<SessionEvent> history(Tx tx, String id, long beforeSeq, int last) {
    TxCheck.reading(tx, engine, "Sessions.history");
    Arguments.notNegative("beforeSeq", beforeSeq);
    Arguments.atLeastOne("last", last);
    return new LogReading(tx, Arguments.sessionId(id)).before(beforeSeq, last);
  }

  /**
   * Returns one page of the log, with the events of all branches, in the order of their seqs.
   *
   * @param afterSeq the last seq of the previous page, 0 for the first page
   * @param limit maximum number of events, from 1 to {@link #LIMIT_MAX}
   */
  public List<SessionEvent> events(String id, long afterSeq, int limit) {
    return engine.read(tx -> events(tx, id, afterSeq, limit));
  }

  /** As {@link #events(String, long, int)}, in {@code tx}. */
  public List<SessionEvent> events(Tx tx, String id, long afterSeq, int limit) {
    TxCheck.reading(tx, engine, "Sessions.events");
    Arguments.notNegative("afterSeq", afterSeq);
    Arguments.limit(limit);
    return new LogReading(tx, Arguments.sessionId(id)).after(afterSeq, limit);
  }

  /** Returns the event to which the caller gave this id. */
  public Optional<SessionEvent> eventById(String id, String eventId) {
    return engine.read(tx -> eventById(tx, id, eventId));
  }

  /** As {@link #eventById(String, String)}, in {@code tx}. */
  public Optional<SessionEvent> eventById(Tx tx, String id, String eventId) {
    TxCheck.reading(tx, engine, "Sessions.eventById");
    return tx.attach(SessionDao.class)
        .eventById(Arguments.sessionId(id), TextRule.id("event id", eventId));
  }

  /**
   * Returns one page of the sessions, in the order of their ids' code points.
   *
   * @param afterId the last id of the previous page, null for the first page
   * @param limit maximum number of sessions, from 1 to {@link #LIMIT_MAX}
   */
  public List<SessionLine> list(@Nullable String afterId, int limit) {
    return engine.read(tx -> list(tx, afterId, limit));
  }

  /** As {@link #list(String, int)}, in {@code tx}. */
  public List<SessionLine> list(Tx tx, @Nullable String afterId, int limit) {
    TxCheck.reading(tx, engine, "Sessions.list");
    String after = afterId == null ? "" : Arguments.sessionId(afterId);
    return tx.attach(SessionListDao.class).list(after, Arguments.limit(limit));
  }

  /**
   * Returns one page of the sessions whose last update is before {@code updatedBefore}, the longest
   * idle first.
   *
   * <p>The session {@code afterId} may have been deleted or cleared since the previous page; this
   * is the usual case when a caller deletes or clears the sessions of each page. If a commit was
   * made to it since, the next page starts again with the longest idle session.
   *
   * @param updatedBefore the end of the range, exclusive; the same for all pages, and not after the
   *     first of them is asked for: a session that is committed to meanwhile would still be in the
   *     range, at its end, and hide those in front of it
   * @param afterId the last id of the previous page, null for the first page
   * @param limit maximum number of sessions, from 1 to {@link #LIMIT_MAX}
   * @throws IllegalArgumentException also if the session {@code afterId} never existed
   */
  public List<SessionLine> listIdle(Instant updatedBefore, @Nullable String afterId, int limit) {
    return engine.read(tx -> listIdle(tx, updatedBefore, afterId, limit));
  }

  /** As {@link #listIdle(Instant, String, int)}, in {@code tx}. */
  public List<SessionLine> listIdle(
      Tx tx, Instant updatedBefore, @Nullable String afterId, int limit) {
    TxCheck.reading(tx, engine, "Sessions.listIdle");
    long beforeMs = Arguments.millis("updatedBefore", updatedBefore);
    return new IdleListing(tx, beforeMs, Arguments.limit(limit)).after(afterId);
  }

  /**
   * As {@link #events(String, long, int)}, but if the page is empty, waits until a commit of this
   * or another process appends an event, or until {@code wait} has passed. The session need not
   * exist when the wait begins.
   *
   * @param wait maximum time to wait; with zero the method does not wait
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws IllegalStateException if called from inside a body
   */
  public List<SessionEvent> awaitEvents(String id, long afterSeq, int limit, Duration wait)
      throws InterruptedException {
    Arguments.sessionId(id);
    Arguments.notNegative("afterSeq", afterSeq);
    Arguments.limit(limit);
    return queues.until(
        new AwaitedEvents(id, afterSeq),
        tx -> new LogReading(tx, id).hasAfter(afterSeq),
        wait,
        () -> events(id, afterSeq, limit),
        events -> !events.isEmpty());
  }

  /**
   * Clears a session: it does not exist until the next commit, which is {@link
   * SessionCommit#to(String, long) to(id, 0)} or {@link SessionCommit#to(String) to(id)}.
   * Afterwards it is as a new session, except that its revision and seq continue to count.
   *
   * <p>No reader sees its earlier events and state any longer, and its event ids and operation ids
   * can be used again. Its rows are freed afterwards, as those of deleted sessions. Claims and
   * leases are not changed.
   *
   * <p>A commit that expects an earlier revision is refused. A commit without an expected revision
   * is not refused, and neither is an operation that is sent again: such a commit makes the session
   * exist again.
   *
   * @return false if the session never existed or was deleted
   */
  public boolean clear(String id) {
    return engine.verb(tx -> clear(tx, id));
  }

  /** As {@link #clear(String)}, in {@code tx}. */
  public boolean clear(Tx tx, String id) {
    String checked = Arguments.sessionId(id);
    return engine.all(tx, "Sessions.clear", all -> freeing.clear(all, checked));
  }

  /**
   * Deletes a session and burns its id, which can never be used again. Its rows are freed
   * afterwards, in small separate transactions.
   *
   * @return false if the session never existed or was already deleted; an unknown id is not burnt
   */
  public boolean delete(String id) {
    return engine.verb(tx -> delete(tx, id));
  }

  /** As {@link #delete(String)}, in {@code tx}. */
  public boolean delete(Tx tx, String id) {
    String checked = Arguments.sessionId(id);
    return engine.all(tx, "Sessions.delete", all -> freeing.delete(all, checked));
  }

  /**
   * Frees rows of deleted and cleared sessions, in transactions that end at a few hundred rows or 8
   * MiB. A process that writes to sessions does this by itself within seconds. A tool that deletes
   * sessions and then exits can call this method until it returns 0.
   *
   * <p>A row that the database refuses to delete, because a row of the application refers to it, is
   * skipped and named in a logged warning. It is tried again after an hour, and by each call of
   * this method.
   *
   * @param rowsMax maximum number of rows, at least 1
   * @return the number of rows freed; 0 if there is no row left that can be freed
   */
  public int free(int rowsMax) {
    return freeing.free(Arguments.atLeastOne("rowsMax", rowsMax));
  }

  /**
   * As {@link #free(int)}, in {@code tx}, but it ends at a few hundred rows or 8 MiB even if {@code
   * rowsMax} is larger, and skips at most a few thousand rows that cannot be deleted. If a deferred
   * constraint refuses the deletion of a row, {@code tx} fails.
   */
  public int free(Tx tx, int rowsMax) {
    Arguments.atLeastOne("rowsMax", rowsMax);
    return engine.all(tx, "Sessions.free", all -> freeing.free(all, rowsMax));
  }

  /**
   * Forgets the operations of a session that were committed before a time, in transactions of at
   * most a thousand. If a forgotten operation is sent again, it is a new commit: it appends,
   * enqueues and completes a second time, unless it is refused because of its revision, claims or
   * event ids. Therefore {@code before} must be earlier than any operation that a caller may still
   * send again.
   *
   * @param before the end of the range, exclusive
   * @return the number of operations forgotten; 0 if there is none left
   */
  public int forgetOperations(String id, Instant before) {
    return new Forgetting(engine, freeing, id, before).run();
  }

  /**
   * As {@link #forgetOperations(String, Instant)}, in {@code tx}: it ends after about 10,000
   * operations. It also reads the younger operations of the session, however many they are; for a
   * session that has hundreds of thousands of them, use the other form.
   */
  public int forgetOperations(Tx tx, String id, Instant before) {
    Forgetting forgetting = new Forgetting(engine, freeing, id, before);
    return engine.all(tx, "Sessions.forgetOperations", forgetting::run);
  }

  private static byte @Nullable [] hash(SessionCommit commit) {
    return commit.operationId() == null ? null : OperationHash.of(commit);
  }
}
