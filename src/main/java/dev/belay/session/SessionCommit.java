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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The description of one commit to a session: events to append, a state to set, and what is
 * committed together with them (work to complete and to enqueue, leases to release). Immutable,
 * safe for use by many threads; every method returns a changed copy.
 */
public final class SessionCommit implements HandlerCommit<CommitOutcome.Committed> {
  /** The maximum number of events that one commit appends: 100,000. */
  public static final int EVENTS_MAX = 100_000;

  /** The maximum number of claims that one commit completes or is fenced by: 1,000. */
  public static final int CLAIMS_MAX = 1_000;

  /** The maximum number of leases that one commit releases or is fenced by: 1,000. */
  public static final int LEASES_MAX = 1_000;

  /** The maximum number of pieces of work that one commit enqueues: 10,000. */
  public static final int ENQUEUES_MAX = 10_000;

  private final CommitParts parts;

  private SessionCommit(CommitParts parts) {
    this.parts = parts;
  }

  private SessionCommit with(Consumer<CommitParts> change) {
    CommitParts changed = parts.clone();
    change.accept(changed);
    return new SessionCommit(changed);
  }

  /**
   * Returns an empty commit at an expected revision. An empty commit is allowed: it only creates
   * the next revision.
   *
   * <p>A session that was cleared does not exist until the next commit; see {@link Sessions#clear}.
   *
   * @param sessionId 1 to {@link TextRule#ID_MAX} code points, see {@link TextRule#id}
   * @param expectedRevision the revision that the session must have, at least 0; with 0 the session
   *     must not exist, and this commit creates it
   * @throws IllegalArgumentException if the id breaks {@link TextRule} or the revision is negative
   */
  public static SessionCommit to(String sessionId, long expectedRevision) {
    TextRule.id("session id", sessionId);
    if (expectedRevision < 0) {
      throw new IllegalArgumentException(
          "expected revision must not be negative: " + expectedRevision);
    }
    return new SessionCommit(new CommitParts(sessionId, expectedRevision));
  }

  /**
   * Returns an empty commit at any revision; it creates the session if there is none. Use it for
   * events that a caller can append without reading the session first, such as a message: the
   * commit is never refused because of its revision.
   *
   * <p>If a caller may send such a commit again because it does not know the outcome, it must call
   * {@link #operation}; otherwise the events may be appended twice. The commit is also accepted
   * from a caller with an old view of the session, for example one from before a clear. To refuse
   * such a caller, use an expected revision, or a claim or lease that the commit is {@linkplain
   * #fencedBy(Claim) fenced by}.
   *
   * @param sessionId 1 to {@link TextRule#ID_MAX} code points, see {@link TextRule#id}
   * @throws IllegalArgumentException if the id breaks {@link TextRule}
   */
  public static SessionCommit to(String sessionId) {
    TextRule.id("session id", sessionId);
    return new SessionCommit(new CommitParts(sessionId, null));
  }

  /**
   * Gives this commit an operation id, so that it is committed only once even if it is sent again,
   * now or after a crash: a further commit with the same id and content is answered from the
   * receipt, before its revision is checked.
   *
   * <p>The content is the session id, the parent, the type, payload and id of every event, the
   * state, and the queue, type, payload, key and lane of the work to enqueue. The expected revision
   * is not part of the content. A commit that is answered from its receipt appends and enqueues
   * nothing. It completes and releases those of its claims and leases that are still live, and does
   * not change the others.
   *
   * <p>A receipt is kept until its session is deleted or {@linkplain Sessions#clear cleared}, or
   * the operation is {@linkplain Sessions#forgetOperations forgotten}. If the commit is sent again
   * after that, it is a new commit.
   *
   * @param operationId 1 to {@link TextRule#ID_MAX} code points, see {@link TextRule#id}, unique in
   *     the session
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public SessionCommit operation(String operationId) {
    TextRule.id("operation id", operationId);
    return with(changed -> changed.operationId = operationId);
  }

  /**
   * Sets the event that the commit continues from; the leaf by default. A commit without events
   * only moves the leaf to this event.
   *
   * @param seq the seq of an event of the session; 0 for a new root
   * @throws IllegalArgumentException if it is negative
   */
  public SessionCommit parent(long seq) {
    if (seq < 0) {
      throw new IllegalArgumentException("parent must not be negative: " + seq);
    }
    return with(changed -> changed.parentSeq = seq);
  }

  /** As {@link #append(List)}. */
  public SessionCommit append(NewEvent... events) {
    return append(Arrays.asList(events));
  }

  /**
   * Adds events after those added before. The first event follows {@link #parent}, by default the
   * leaf; each further event follows the one before it.
   *
   * @throws IllegalArgumentException if an event id occurs twice in this commit, or if the commit
   *     would have more than {@link #EVENTS_MAX} events
   */
  public SessionCommit append(List<NewEvent> events) {
    Objects.requireNonNull(events, "events");
    List<NewEvent> more = List.copyOf(events);
    Chain<NewEvent> before =
        parts.events != null ? parts.events : Chain.of("event id", NewEvent::eventIdOrNull);
    atMost(EVENTS_MAX, "events", before.size() + more.size());
    Chain<NewEvent> all = before.plus(more);
    return with(changed -> changed.events = all);
  }

  /**
   * Sets the session's state; by default the commit does not change it.
   *
   * @param text 0 to {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8
   * @throws IllegalArgumentException if it breaks {@link TextRule}, or if this commit has no
   *     expected revision ({@link #to(String)}), because it could then overwrite the state of
   *     another caller
   */
  public SessionCommit state(String text) {
    if (parts.expectedRevision == null) {
      throw new IllegalArgumentException(
          "a commit that sets the state needs the revision that the state is based on: to(id,"
              + " expectedRevision)");
    }
    TextRule.body("session state", text);
    return with(changed -> changed.state = text);
  }

  /**
   * Completes the work of {@code claim} in this commit. The commit is refused if the claim is not
   * live. Several claims of one lane grant may be added in any order.
   *
   * <p>It is a mistake to complete work while earlier work of the same lane grant stays open. Only
   * the store can detect this: the commit then throws {@link IllegalStateException} and has written
   * nothing.
   *
   * @throws IllegalArgumentException if this commit already completes the work, or if it would have
   *     more than {@link #CLAIMS_MAX} claims
   */
  public SessionCommit complete(Claim claim) {
    return with(parts.turn.with(ClaimUse.completing(claim, null)));
  }

  /**
   * As {@link #complete(Claim)}, and stores a result of the work.
   *
   * @param result 0 to {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8
   */
  public SessionCommit complete(Claim claim, String result) {
    TextRule.body("result", result);
    return with(parts.turn.with(ClaimUse.completing(claim, result)));
  }

  /** As {@link #enqueue(String, List)}. */
  public SessionCommit enqueue(String queue, NewWork... works) {
    return enqueue(queue, Arrays.asList(works));
  }

  /**
   * Enqueues work in this commit, after the work added before. If the key of a piece of work
   * belongs to earlier work, in the queue or in this commit, the contents decide: with equal
   * content the new work is a duplicate and is not added; with different content the commit is
   * refused.
   *
   * @param queue 1 to {@link TextRule#QUEUE_BYTES_MAX} bytes of UTF-8
   * @throws IllegalArgumentException if the name breaks {@link TextRule}, or if this commit would
   *     enqueue more than {@link #ENQUEUES_MAX} pieces of work
   */
  public SessionCommit enqueue(String queue, List<NewWork> works) {
    TextRule.queue("queue", queue);
    return with(parts.turn.with(queue, works));
  }

  /**
   * Fences this commit by {@code lease}: the commit is refused if the lease is not live.
   *
   * @throws IllegalArgumentException if it would have more than {@link #LEASES_MAX} leases
   */
  public SessionCommit fencedBy(Lease lease) {
    return with(parts.turn.with(LeaseUse.fencing(lease)));
  }

  /**
   * Fences this commit by {@code claim}, without settling the claim: the commit is refused if the
   * claim is not live. A claim that the commit also completes is checked once.
   *
   * @throws IllegalArgumentException if it would have more than {@link #CLAIMS_MAX} claims
   */
  public SessionCommit fencedBy(Claim claim) {
    return with(parts.turn.with(ClaimUse.fencing(claim)));
  }

  /**
   * Fences this commit by {@code lease}, as {@link #fencedBy(Lease)} does, and releases the lease.
   *
   * @throws IllegalArgumentException if it would have more than {@link #LEASES_MAX} leases
   */
  public SessionCommit releasing(Lease lease) {
    return with(parts.turn.with(LeaseUse.releasing(lease)));
  }

  private SessionCommit with(Turn turn) {
    return with(changed -> changed.turn = turn);
  }

  String sessionId() {
    return parts.sessionId;
  }

  /** Returns the expected revision, null for any. */
  @Nullable Long expectedRevision() {
    return parts.expectedRevision;
  }

  @Nullable String operationId() {
    return parts.operationId;
  }

  /** Returns the seq that {@link #parent(long)} set, null for the leaf. */
  @Nullable Long parentSeq() {
    return parts.parentSeq;
  }

  /** Returns the events to append, in order. */
  List<NewEvent> events() {
    return parts.events == null ? List.of() : parts.events.list();
  }

  /** Returns the text that {@link #state(String)} set, null if the state is not changed. */
  @Nullable String state() {
    return parts.state;
  }

  Turn turn() {
    return parts.turn;
  }

  @Override
  public String toString() {
    return "SessionCommit[sessionId="
        + parts.sessionId
        + ", expectedRevision="
        + parts.expectedRevision
        + ", operationId="
        + parts.operationId
        + ", events="
        + (parts.events == null ? 0 : parts.events.size())
        + "]";
  }

  static void atMost(int max, String field, int size) {
    if (size > max) {
      throw new IllegalArgumentException("a commit has at most " + max + " " + field + ": " + size);
    }
  }
}
