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
 * <p>Every verb has two forms: alone it is a transaction of its own; with a {@link Tx} it is part
 * of that one. What holds for both:
 *
 * <ul>
 *   <li>A session that does not exist, was deleted, or was cleared and not made again, is an empty
 *       answer to a reader.
 *   <li>A page of events ends at its limit, and once it has 8 MiB of payload; it has one event at
 *       least, if there is one. So only an empty page is the last, of sessions as of events.
 *   <li>A session id breaking {@link TextRule} is an {@link IllegalArgumentException}, as is any
 *       other argument out of its bounds; nothing has been read or written then.
 *   <li>With the {@code Tx} of another store a verb throws {@link IllegalArgumentException}; a
 *       writing verb with the {@code Tx} of a {@code read} or {@code call} throws {@link
 *       IllegalStateException}.
 *   <li>A writing verb does all that it does or nothing. If it throws after it has begun to write,
 *       nothing of {@code tx} can be kept, whatever the body does with the exception; a refusal,
 *       and an exception before that, leave {@code tx} as it was.
 *   <li>Operating failures, interrupts and waiting are those of {@link dev.belay.store.TxRunner}.
 * </ul>
 */
public final class Sessions {
  /** How many events or sessions one call lists. */
  public static final int LIMIT_MAX = 10_000;

  private final StoreEngine engine;
  private final QueueEngine queues;
  private final Freeing freeing;

  /** For Belay itself; users get theirs from {@code Belay.sessions()}. */
  public Sessions(StoreEngine engine, QueueEngine queues) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.queues = Objects.requireNonNull(queues, "queues");
    queues.commitBy(this::commitOrThrow);
    this.freeing = new Freeing(engine);
  }

  /**
   * Commits one step of a session, or says why not; a refusal has written nothing.
   *
   * <p>A commit adds 1 to the revision, however many events it has. Claims and leases are checked,
   * and what the commit does to queues and leases is written, in the same transaction.
   *
   * @throws IllegalStateException if it completes work while earlier work of the same lane grant
   *     stays open; nothing has been written
   */
  @CheckReturnValue
  public CommitOutcome commit(SessionCommit commit) {
    byte[] hash = hash(commit);
    return engine.verb(tx -> commitAll(tx, commit, hash));
  }

  /**
   * As {@link #commit(SessionCommit)}, in {@code tx}. A refusal leaves the choice to the caller: go
   * on with what else the transaction does, or undo it.
   */
  @CheckReturnValue
  public CommitOutcome commit(Tx tx, SessionCommit commit) {
    byte[] hash = hash(commit);
    return engine.all(tx, "Sessions.commit", all -> commitAll(all, commit, hash));
  }

  private CommitOutcome commitAll(Tx tx, SessionCommit commit, byte @Nullable [] hash) {
    CommitOutcome outcome = new CommitStep(tx, commit, hash).run();
    CommitTold.tell(tx, commit, outcome);
    tellWorkers(tx, commit, outcome);
    freeing.look(tx);
    return outcome;
  }

  private void tellWorkers(Tx tx, SessionCommit commit, CommitOutcome outcome) {
    for (ClaimUse use : commit.turn().claims()) {
      if (outcome instanceof Committed committed) {
        // What a replay did not complete now is not its own to settle.
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

  /** The head of a session. */
  public Optional<Session> find(String id) {
    return engine.read(tx -> find(tx, id));
  }

  /** As {@link #find(String)}, in {@code tx}. */
  public Optional<Session> find(Tx tx, String id) {
    TxCheck.reading(tx, engine, "Sessions.find");
    return tx.attach(SessionDao.class).find(Arguments.sessionId(id));
  }

  /** A session and its whole history, from one snapshot. */
  public Optional<Loaded> load(String id) {
    return engine.read(tx -> load(tx, id));
  }

  /** As {@link #load(String)}, in {@code tx}. */
  public Optional<Loaded> load(Tx tx, String id) {
    TxCheck.reading(tx, engine, "Sessions.load");
    Optional<Session> session = tx.attach(SessionDao.class).find(Arguments.sessionId(id));
    return session.map(found -> new Loaded(found, history(tx, id)));
  }

  /** The path from the root to the leaf, root first. */
  public List<SessionEvent> history(String id) {
    return engine.read(tx -> history(tx, id));
  }

  /** As {@link #history(String)}, in {@code tx}. */
  public List<SessionEvent> history(Tx tx, String id) {
    return history(tx, id, Integer.MAX_VALUE);
  }

  /**
   * The newest events of the path from the root to the leaf, the oldest of them first.
   *
   * @param last how many at most, from 1
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
   * A page of the same path: the newest of its events before one, the oldest of them first. The
   * first page is that of {@link Long#MAX_VALUE}, the next one that of the first {@code seq} of the
   * page before.
   *
   * @param beforeSeq where the page ends, exclusive, from 0; no event of the path must have it
   * @param last how many at most, from 1
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
   * The log in its order, all branches, page by page.
   *
   * @param afterSeq the last seq of the page before, 0 for the first page
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
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

  /** The event to which the caller gave this id. */
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
   * The sessions in the order of their ids' code points, page by page.
   *
   * @param afterId the last id of the page before, null for the first page
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
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
   * The sessions that were updated last before a time, the longest idle first, page by page.
   *
   * <p>The session that {@code afterId} names may have been deleted or cleared meanwhile, as those
   * of a page often are. If it has been committed to, the next page begins at the front.
   *
   * @param afterId the last id of the page before, null for the first page
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
   * @throws IllegalArgumentException also if there has never been a session {@code afterId}
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
   * As {@link #events(String, long, int)}, but waits for the first event of an empty page: until a
   * commit brings one, here or in another process, or {@code wait} is over. The session may be made
   * meanwhile.
   *
   * @param wait how long at most; zero does not wait
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws IllegalStateException from inside a body
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
   * Clears a session: it does not exist until the next commit, which {@link
   * SessionCommit#to(String, long) to(id, 0)} or {@link SessionCommit#to(String) to(id)} makes.
   * Then it is as new, but that its revision and seq go on. No reader sees what it had; its event
   * ids and operation ids may be used again; its rows are freed afterwards, as those of deleted
   * sessions. Claims and leases are left alone.
   *
   * <p>A commit that expects a revision from before is refused. One to whatever the head is, or an
   * operation that is sent again, is not: it makes the session again.
   *
   * @return false if there has never been such a session, or if it was deleted
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
   * Deletes a session and burns its id, which is never usable again. Its rows are freed afterwards,
   * in small writes of their own.
   *
   * @return false if there is no such session, or no more; an unknown id is not burnt
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
   * MiB. Whoever writes to sessions does this too, within seconds; a tool that deletes and ends may
   * call it until it returns 0.
   *
   * <p>A row that the database does not let go, because a row of the application refers to it, is
   * passed over and named in the log. It is tried again after an hour, or here.
   *
   * @param rowsMax how many at most, from 1
   * @return how many; 0: there is nothing left that can go
   */
  public int free(int rowsMax) {
    return freeing.free(Arguments.atLeastOne("rowsMax", rowsMax));
  }

  /**
   * As {@link #free(int)}, in {@code tx}, and once: it ends at a few hundred rows or 8 MiB also if
   * {@code rowsMax} is larger, and passes over a few thousand rows that cannot go. A row that a
   * deferred constraint holds makes {@code tx} fail.
   */
  public int free(Tx tx, int rowsMax) {
    Arguments.atLeastOne("rowsMax", rowsMax);
    return engine.all(tx, "Sessions.free", all -> freeing.free(all, rowsMax));
  }

  /**
   * Forgets the operations of a session that were committed before a time, in transactions of a few
   * hundred. An operation that is sent again after that is a new commit: it appends, enqueues and
   * completes a second time, unless its revision, claims or event ids keep it out. So {@code
   * before} lies further back than anybody sends again.
   *
   * @return how many; 0: there is none left
   */
  public int forgetOperations(String id, Instant before) {
    return new Forgetting(engine, freeing, id, before).run();
  }

  /** As {@link #forgetOperations(String, Instant)}, in {@code tx}: up to 10,000 of them. */
  public int forgetOperations(Tx tx, String id, Instant before) {
    Forgetting forgetting = new Forgetting(engine, freeing, id, before);
    return engine.all(tx, "Sessions.forgetOperations", forgetting::run);
  }

  private static byte @Nullable [] hash(SessionCommit commit) {
    return commit.operationId() == null ? null : OperationHash.of(commit);
  }
}
