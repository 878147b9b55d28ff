package dev.belay.session;

import dev.belay.store.TextRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One step of a session: events to append, a state to set, or both. Immutable, safe for use by many
 * threads; every method returns a changed copy.
 */
public final class SessionCommit {
  /** How many events one commit may append. */
  public static final int EVENTS_MAX = 100_000;

  private final String sessionId;
  private final long expectedRevision;
  private final @Nullable String operationId;
  private final @Nullable Long parentSeq;
  private final List<NewEvent> events;
  private final @Nullable String state;

  private SessionCommit(
      String sessionId,
      long expectedRevision,
      @Nullable String operationId,
      @Nullable Long parentSeq,
      List<NewEvent> events,
      @Nullable String state) {
    this.sessionId = sessionId;
    this.expectedRevision = expectedRevision;
    this.operationId = operationId;
    this.parentSeq = parentSeq;
    this.events = events;
    this.state = state;
  }

  /**
   * An empty commit, legal as it is: it only makes the next revision.
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
    return new SessionCommit(sessionId, expectedRevision, null, null, List.of(), null);
  }

  /**
   * Names this commit, so that sending it again, now or after a crash, happens once: a commit of
   * the same id and content is answered from its receipt, before its revision is looked at.
   *
   * <p>The content is the session id, the parent, every event's type, payload and id, and the
   * state. A receipt lives as long as its session.
   *
   * @param operationId 1 to {@link TextRule#ID_MAX} code points, unique in the session
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public SessionCommit operation(String operationId) {
    TextRule.id("operation id", operationId);
    return new SessionCommit(sessionId, expectedRevision, operationId, parentSeq, events, state);
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
    return new SessionCommit(sessionId, expectedRevision, operationId, seq, events, state);
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
    List<NewEvent> all;
    if (this.events.isEmpty()) {
      all = List.copyOf(events);
    } else {
      all = new ArrayList<>(this.events.size() + events.size());
      all.addAll(this.events);
      all.addAll(events);
      all = List.copyOf(all);
    }
    if (all.size() > EVENTS_MAX) {
      throw new IllegalArgumentException(
          "a commit has at most " + EVENTS_MAX + " events: " + all.size());
    }
    refuseTwinIds(all);
    return new SessionCommit(sessionId, expectedRevision, operationId, parentSeq, all, state);
  }

  /**
   * Sets the session's state; without this it stays as it is.
   *
   * @param text at most {@link TextRule#BODY_BYTES_MAX} bytes of UTF-8, also empty
   * @throws IllegalArgumentException if it breaks {@link TextRule}
   */
  public SessionCommit state(String text) {
    TextRule.body("session state", text);
    return new SessionCommit(sessionId, expectedRevision, operationId, parentSeq, events, text);
  }

  String sessionId() {
    return sessionId;
  }

  long expectedRevision() {
    return expectedRevision;
  }

  @Nullable String operationId() {
    return operationId;
  }

  /** What {@link #parent(long)} named; null: the leaf. */
  @Nullable Long parentSeq() {
    return parentSeq;
  }

  List<NewEvent> events() {
    return events;
  }

  /** What {@link #state(String)} set; null: unchanged. */
  @Nullable String state() {
    return state;
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
        + events.size()
        + "]";
  }

  private static void refuseTwinIds(List<NewEvent> events) {
    if (events.size() < 2) {
      return;
    }
    Set<String> seen = new HashSet<>();
    for (NewEvent event : events) {
      String id = event.eventIdOrNull();
      if (id != null && !seen.add(id)) {
        throw new IllegalArgumentException("event id comes twice in one commit: " + id);
      }
    }
  }
}
