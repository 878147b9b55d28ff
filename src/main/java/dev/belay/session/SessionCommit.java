package dev.belay.session;

import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.HandlerCommit;
import dev.belay.queue.NewWork;
import dev.belay.session.Turn.ClaimUse;
import dev.belay.session.Turn.LeaseUse;
import dev.belay.store.TextRule;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One step of a session: events to append, a state to set, and what is to happen with them or not
 * at all: work completed and enqueued, leases released. Immutable, safe for use by many threads;
 * every method returns a changed copy.
 */
public final class SessionCommit implements HandlerCommit<CommitOutcome.Committed> {
  /** How many events one commit may append. */
  public static final int EVENTS_MAX = 100_000;

  /** How many claims one commit may complete or rest on. */
  public static final int CLAIMS_MAX = 1_000;

  /** How many leases one commit may rest on. */
  public static final int LEASES_MAX = 1_000;

  /** How many pieces of work one commit may enqueue. */
  public static final int ENQUEUES_MAX = 10_000;

  private final String sessionId;
  private final @Nullable Long expectedRevision;
  private final @Nullable String operationId;
  private final @Nullable Long parentSeq;
  private final @Nullable Chain<NewEvent> events;
  private final @Nullable String state;
  private final Turn turn;

  private SessionCommit(
      String sessionId,
      @Nullable Long expectedRevision,
      @Nullable String operationId,
      @Nullable Long parentSeq,
      @Nullable Chain<NewEvent> events,
      @Nullable String state,
      Turn turn) {
    this.sessionId = sessionId;
    this.expectedRevision = expectedRevision;
    this.operationId = operationId;
    this.parentSeq = parentSeq;
    this.events = events;
    this.state = state;
    this.turn = turn;
  }

  /**
   * An empty commit, legal as it is: it only makes the next revision.
   *
   * <p>A session that was cleared does not exist until the next commit; see {@link Sessions#clear}.
   *
   * @param sessionId 1 to {@link TextRule#ID_MAX} code points
   * @param expectedRevision the revision that the caller has seen; 0: the session must not exist
   *     yet, this commit makes it
   * @throws IllegalArgumentException if the id breaks {@link TextRule} or the revision is negative
   */
  public static SessionCommit to(String sessionId, long expectedRevision) {
    TextRule.id("session id", sessionId);
    if (expectedRevision < 0) {
      throw new IllegalArgumentException(
          "expected revision must not be negative: " + expectedRevision);
    }
    return new SessionCommit(sessionId, expectedRevision, null, null, null, null, Turn.NONE);
  }

  /**
   * An empty commit to the head whatever it is; it makes the session if there is none. For what can
   * be added without having looked, as a message can: it is never refused for its revision.
   *
   * <p>Whoever sends such a commit again, because it does not know what became of it, needs {@link
   * #operation}: without one it is appended twice. Nothing keeps out a caller that has not noticed
   * that the session was cleared, or is behind in any other way; what must keep it out is a
   * revision, or a claim or lease that the commit is {@linkplain #fencedBy(Claim) fenced by}.
   *
   * @param sessionId 1 to {@link TextRule#ID_MAX} code points
   * @throws IllegalArgumentException if the id breaks {@link TextRule}
   */
  public static SessionCommit to(String sessionId) {
    TextRule.id("session id", sessionId);
    return new SessionCommit(sessionId, null, null, null, null, null, Turn.NONE);
  }

  /**
   * Names this commit, so that sending it again, now or after a crash, happens once: a commit of
   * the same id and content is answered from its receipt, before its revision is looked at.
   *
   * <p>The content is the session id, the parent, every event's type, payload and id, the state,
   * and of the work to enqueue the queue, type, payload, key and lane. A commit that is answered so
   * appends and enqueues nothing; those of its claims and leases that are still held are completed
   * and released, the others left alone. The expected revision is no part of the content: with and
   * without one it is the same operation.
   *
   * <p>A receipt lives until its session is deleted or {@linkplain Sessions#clear cleared}, or the
   * operation is {@linkplain Sessions#forgetOperations forgotten}. A commit that is sent again
   * after that is a new one.
   *
   * @param operationId 1 to {@link TextRule#ID_MAX} code points, unique in the session
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public SessionCommit operation(String operationId) {
    TextRule.id("operation id", operationId);
    return new SessionCommit(
        sessionId, expectedRevision, operationId, parentSeq, events, state, turn);
  }

  /**
   * Continues from another event than the leaf. Without events to append it only moves the leaf.
   *
   * @param seq an event of the session; 0: from no event, a new root
   * @throws IllegalArgumentException if it is negative
   */
  public SessionCommit parent(long seq) {
    if (seq < 0) {
      throw new IllegalArgumentException("parent must not be negative: " + seq);
    }
    return new SessionCommit(sessionId, expectedRevision, operationId, seq, events, state, turn);
  }

  /** As {@link #append(List)}. */
  public SessionCommit append(NewEvent... events) {
    return append(Arrays.asList(events));
  }

  /**
   * Adds events after those added before. They form a chain, of which the first follows {@link
   * #parent}, else the leaf.
   *
   * @throws IllegalArgumentException if an event id comes twice in this commit, or if it would have
   *     more than {@link #EVENTS_MAX} events
   */
  public SessionCommit append(List<NewEvent> events) {
    Objects.requireNonNull(events, "events");
    List<NewEvent> more = List.copyOf(events);
    Chain<NewEvent> before =
        this.events != null ? this.events : Chain.of("event id", NewEvent::eventIdOrNull);
    atMost(EVENTS_MAX, "events", before.size() + more.size());
    return new SessionCommit(
        sessionId, expectedRevision, operationId, parentSeq, before.plus(more), state, turn);
  }

  /**
   * Sets the session's state; without this it stays as it is.
   *
   * @param text at most {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8, also empty
   * @throws IllegalArgumentException if it breaks {@link TextRule}, or if this commit is to a head
   *     that the caller has not seen, {@link #to(String)}: it would undo what others have set
   */
  public SessionCommit state(String text) {
    if (expectedRevision == null) {
      throw new IllegalArgumentException(
          "a commit that sets the state needs the revision that the state rests on: to(id,"
              + " expectedRevision)");
    }
    TextRule.body("session state", text);
    return new SessionCommit(
        sessionId, expectedRevision, operationId, parentSeq, events, text, turn);
  }

  /**
   * Completes the work of {@code claim} with this commit, which is refused if the claim is not
   * live. Several claims of one lane grant may come in any order.
   *
   * <p>To complete behind work of the same lane grant that stays open is a mistake that only the
   * store can see: the commit then throws {@link IllegalStateException} and has written nothing.
   *
   * @throws IllegalArgumentException if this commit completes it already, or if it would have more
   *     than {@link #CLAIMS_MAX} claims
   */
  public SessionCommit complete(Claim claim) {
    return with(turn.with(new ClaimUse(claim, true, null)));
  }

  /**
   * As {@link #complete(Claim)}, and keeps the result of the work.
   *
   * @param result at most {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8, also empty
   */
  public SessionCommit complete(Claim claim, String result) {
    TextRule.body("result", result);
    return with(turn.with(new ClaimUse(claim, true, result)));
  }

  /** As {@link #enqueue(String, List)}. */
  public SessionCommit enqueue(String queue, NewWork... works) {
    return enqueue(queue, Arrays.asList(works));
  }

  /**
   * Enqueues work with this commit, after what was enqueued before. Work whose key belongs to work
   * of equal content, in the queue or earlier in this commit, is its duplicate; of other content:
   * the commit is refused.
   *
   * @param queue 1 to {@link TextRule#ID_MAX} code points
   * @throws IllegalArgumentException if the name breaks {@link TextRule}, or if this commit would
   *     enqueue more than {@link #ENQUEUES_MAX} pieces of work
   */
  public SessionCommit enqueue(String queue, List<NewWork> works) {
    TextRule.id("queue", queue);
    return with(turn.with(queue, works));
  }

  /**
   * Rests this commit on {@code lease}: it is refused if the lease is not live.
   *
   * @throws IllegalArgumentException if it would have more than {@link #LEASES_MAX} leases
   */
  public SessionCommit fencedBy(Lease lease) {
    return with(turn.with(new LeaseUse(lease, false)));
  }

  /**
   * Rests this commit on {@code claim} without settling it: it is refused if the claim is not live.
   * A claim that is completed as well is looked at once.
   *
   * @throws IllegalArgumentException if it would have more than {@link #CLAIMS_MAX} claims
   */
  public SessionCommit fencedBy(Claim claim) {
    return with(turn.with(new ClaimUse(claim, false, null)));
  }

  /**
   * Rests this commit on {@code lease}, as {@link #fencedBy(Lease)}, and releases it.
   *
   * @throws IllegalArgumentException if it would have more than {@link #LEASES_MAX} leases
   */
  public SessionCommit releasing(Lease lease) {
    return with(turn.with(new LeaseUse(lease, true)));
  }

  private SessionCommit with(Turn turn) {
    return new SessionCommit(
        sessionId, expectedRevision, operationId, parentSeq, events, state, turn);
  }

  String sessionId() {
    return sessionId;
  }

  /** Null: whatever it is. */
  @Nullable Long expectedRevision() {
    return expectedRevision;
  }

  @Nullable String operationId() {
    return operationId;
  }

  /** What {@link #parent(long)} named; null: the leaf. */
  @Nullable Long parentSeq() {
    return parentSeq;
  }

  /** The events to append, in order. */
  List<NewEvent> events() {
    return events == null ? List.of() : events.list();
  }

  /** What {@link #state(String)} set; null: unchanged. */
  @Nullable String state() {
    return state;
  }

  Turn turn() {
    return turn;
  }

  @Override
  public String toString() {
    return "SessionCommit[sessionId="
        + sessionId
        + ", expectedRevision="
        + expectedRevision
        + ", operationId="
        + operationId
        + ", events="
        + (events == null ? 0 : events.size())
        + "]";
  }

  static void atMost(int max, String field, int size) {
    if (size > max) {
      throw new IllegalArgumentException("a commit has at most " + max + " " + field + ": " + size);
    }
  }
}
