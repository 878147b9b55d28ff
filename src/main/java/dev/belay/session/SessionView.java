package dev.belay.session;

import dev.belay.engine.TxCheck;
import dev.belay.store.TextRule;
import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a store's sessions; see {@link Sessions} for what holds for every verb. Safe
 * for use by many threads.
 */
public sealed interface SessionView permits Sessions {
  /** How many events or sessions one call lists. */
  int LIMIT_MAX = 10_000;

  /** The transactions of the sessions' store. */
  TxRunner tx();

  /** The head of a session. */
  default Optional<Session> find(String id) {
    return tx().read(tx -> find(tx, id));
  }

  /** As {@link #find(String)}, in {@code tx}. */
  default Optional<Session> find(Tx tx, String id) {
    TxCheck.reading(tx, tx(), "Sessions.find");
    return tx.attach(SessionDao.class).find(Arguments.sessionId(id));
  }

  /** A session and its whole history, from one snapshot. */
  default Optional<Loaded> load(String id) {
    return tx().read(tx -> load(tx, id));
  }

  /** As {@link #load(String)}, in {@code tx}. */
  default Optional<Loaded> load(Tx tx, String id) {
    TxCheck.reading(tx, tx(), "Sessions.load");
    Optional<Session> session = tx.attach(SessionDao.class).find(Arguments.sessionId(id));
    return session.map(found -> new Loaded(found, history(tx, id)));
  }

  /** The path from the root to the leaf, root first. */
  default List<SessionEvent> history(String id) {
    return tx().read(tx -> history(tx, id));
  }

  /** As {@link #history(String)}, in {@code tx}. */
  default List<SessionEvent> history(Tx tx, String id) {
    return history(tx, id, Integer.MAX_VALUE);
  }

  /**
   * The newest events of the path from the root to the leaf, the oldest of them first.
   *
   * @param last how many at most, from 1
   */
  default List<SessionEvent> history(String id, int last) {
    return tx().read(tx -> history(tx, id, last));
  }

  /** As {@link #history(String, int)}, in {@code tx}. */
  default List<SessionEvent> history(Tx tx, String id, int last) {
    TxCheck.reading(tx, tx(), "Sessions.history");
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
  default List<SessionEvent> history(String id, long beforeSeq, int last) {
    return tx().read(tx -> history(tx, id, beforeSeq, last));
  }

  /** As {@link #history(String, long, int)}, in {@code tx}. */
  default List<SessionEvent> history(Tx tx, String id, long beforeSeq, int last) {
    TxCheck.reading(tx, tx(), "Sessions.history");
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
  default List<SessionEvent> events(String id, long afterSeq, int limit) {
    return tx().read(tx -> events(tx, id, afterSeq, limit));
  }

  /** As {@link #events(String, long, int)}, in {@code tx}. */
  default List<SessionEvent> events(Tx tx, String id, long afterSeq, int limit) {
    TxCheck.reading(tx, tx(), "Sessions.events");
    Arguments.notNegative("afterSeq", afterSeq);
    Arguments.limit(limit);
    return new LogReading(tx, Arguments.sessionId(id)).after(afterSeq, limit);
  }

  /** The event to which the caller gave this id. */
  default Optional<SessionEvent> eventById(String id, String eventId) {
    return tx().read(tx -> eventById(tx, id, eventId));
  }

  /** As {@link #eventById(String, String)}, in {@code tx}. */
  default Optional<SessionEvent> eventById(Tx tx, String id, String eventId) {
    TxCheck.reading(tx, tx(), "Sessions.eventById");
    return tx.attach(SessionDao.class)
        .eventById(Arguments.sessionId(id), TextRule.id("event id", eventId));
  }

  /**
   * The sessions in the order of their ids' code points, page by page.
   *
   * @param afterId the last id of the page before, null for the first page
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
   */
  default List<SessionLine> list(@Nullable String afterId, int limit) {
    return tx().read(tx -> list(tx, afterId, limit));
  }

  /** As {@link #list(String, int)}, in {@code tx}. */
  default List<SessionLine> list(Tx tx, @Nullable String afterId, int limit) {
    TxCheck.reading(tx, tx(), "Sessions.list");
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
  default List<SessionLine> listIdle(Instant updatedBefore, @Nullable String afterId, int limit) {
    return tx().read(tx -> listIdle(tx, updatedBefore, afterId, limit));
  }

  /** As {@link #listIdle(Instant, String, int)}, in {@code tx}. */
  default List<SessionLine> listIdle(
      Tx tx, Instant updatedBefore, @Nullable String afterId, int limit) {
    TxCheck.reading(tx, tx(), "Sessions.listIdle");
    long beforeMs = Arguments.millis("updatedBefore", updatedBefore);
    return new IdleListing(tx, beforeMs, Arguments.limit(limit)).after(afterId);
  }
}
