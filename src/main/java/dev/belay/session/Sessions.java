package dev.belay.session;

import dev.belay.store.StoreEngine;
import dev.belay.store.TextRule;
import dev.belay.store.Tx;
import dev.belay.store.TxCheck;
import java.util.ArrayList;
import java.util.Comparator;
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
 *   <li>A session that does not exist, or was deleted, is an empty answer to a reader.
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
  private final DeletedSessions deletedSessions;

  /** For Belay itself; users get theirs from {@code Belay.sessions()}. */
  public Sessions(StoreEngine engine) {
    this.engine = Objects.requireNonNull(engine, "engine");
    this.deletedSessions = new DeletedSessions(engine);
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
  public CommitOutcome commit(SessionCommit commit) {
    byte[] hash = hash(commit);
    return engine.verb(tx -> commit(tx, commit, hash));
  }

  /**
   * As {@link #commit(SessionCommit)}, in {@code tx}. A refusal leaves the choice to the caller: go
   * on with what else the transaction does, or undo it.
   */
  public CommitOutcome commit(Tx tx, SessionCommit commit) {
    byte[] hash = hash(commit);
    return engine.all(tx, "Sessions.commit", all -> commit(all, commit, hash));
  }

  private static CommitOutcome commit(Tx tx, SessionCommit commit, byte @Nullable [] hash) {
    CommitOutcome outcome = new CommitStep(tx, commit, hash).run();
    CommitTold.tell(tx, commit, outcome);
    return outcome;
  }

  /** The head of a session. */
  public Optional<Session> find(String id) {
    return engine.read(tx -> find(tx, id));
  }

  /** As {@link #find(String)}, in {@code tx}. */
  public Optional<Session> find(Tx tx, String id) {
    TxCheck.reading(tx, engine, "Sessions.find");
    return tx.attach(SessionDao.class).find(sessionId(id));
  }

  /** A session and its whole history, from one snapshot. */
  public Optional<Loaded> load(String id) {
    return engine.read(tx -> load(tx, id));
  }

  /** As {@link #load(String)}, in {@code tx}. */
  public Optional<Loaded> load(Tx tx, String id) {
    TxCheck.reading(tx, engine, "Sessions.load");
    Optional<Session> session = tx.attach(SessionDao.class).find(sessionId(id));
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
    sessionId(id);
    if (last < 1) {
      throw new IllegalArgumentException("last must be from 1: " + last);
    }
    List<SessionEvent> path = new ArrayList<>(tx.attach(SessionDao.class).path(id, last));
    // A parent comes before its child in the log, so the path ascends. Sorted here and not by the
    // database, which would carry every payload through its sorter; it finds the path leaf first,
    // and turning that around is one pass.
    path.sort(Comparator.comparingLong(SessionEvent::seq));
    return path;
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
    if (afterSeq < 0) {
      throw new IllegalArgumentException("afterSeq must not be negative: " + afterSeq);
    }
    return tx.attach(SessionDao.class).events(sessionId(id), afterSeq, limit(limit));
  }

  /** The event to which the caller gave this id. */
  public Optional<SessionEvent> eventById(String id, String eventId) {
    return engine.read(tx -> eventById(tx, id, eventId));
  }

  /** As {@link #eventById(String, String)}, in {@code tx}. */
  public Optional<SessionEvent> eventById(Tx tx, String id, String eventId) {
    TxCheck.reading(tx, engine, "Sessions.eventById");
    return tx.attach(SessionDao.class).eventById(sessionId(id), TextRule.id("event id", eventId));
  }

  /**
   * The sessions in the order of their ids' code points, page by page.
   *
   * @param afterId the last id of the page before, null for the first page
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
   */
  public List<Session> list(@Nullable String afterId, int limit) {
    return engine.read(tx -> list(tx, afterId, limit));
  }

  /** As {@link #list(String, int)}, in {@code tx}. */
  public List<Session> list(Tx tx, @Nullable String afterId, int limit) {
    TxCheck.reading(tx, engine, "Sessions.list");
    String after = afterId == null ? "" : sessionId(afterId);
    return tx.attach(SessionDao.class).list(after, limit(limit));
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
    String checked = sessionId(id);
    return engine.all(tx, "Sessions.delete", all -> deleteAll(all, checked));
  }

  private boolean deleteAll(Tx tx, String id) {
    boolean burnt = tx.attach(SessionDao.class).burn(id, tx.now().toEpochMilli()) == 1;
    if (burnt) {
      tx.afterCommit(deletedSessions::free);
    }
    return burnt;
  }

  private static byte @Nullable [] hash(SessionCommit commit) {
    return commit.operationId() == null ? null : OperationHash.of(commit);
  }

  private static String sessionId(String id) {
    return TextRule.id("session id", id);
  }

  private static int limit(int limit) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new IllegalArgumentException("limit must be from 1 to " + LIMIT_MAX + ": " + limit);
    }
    return limit;
  }
}
