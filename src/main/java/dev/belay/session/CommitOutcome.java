package dev.belay.session;

import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import java.util.List;
import java.util.Optional;

/**
 * The result of a commit. A refusal is a result, not an error, and has written nothing. Immutable,
 * safe for use by many threads.
 *
 * <p>If several refusals apply, the result is the first of them in the order of this file: {@link
 * SessionDeleted}, {@link OperationConflict}, {@link RevisionConflict}, {@link LeaseLost}, {@link
 * ClaimLost}, {@link UnknownParent}, {@link DuplicateEvent}, {@link KeyConflict}. The receipt of an
 * operation that was committed before is checked after {@code SessionDeleted} and before all
 * others.
 */
public sealed interface CommitOutcome {
  /**
   * Returns this outcome as {@link Committed}, if the commit is in the store, by this call or an
   * earlier one.
   *
   * @throws CommitRefusedException if the commit was refused
   */
  default Committed orThrow() {
    if (this instanceof Committed committed) {
      return committed;
    }
    throw new CommitRefusedException(this);
  }

  /**
   * Returns this outcome as {@link Committed}, if the commit is in the store, by this call or an
   * earlier one; empty if it was refused.
   */
  default Optional<Committed> committed() {
    return this instanceof Committed committed ? Optional.of(committed) : Optional.empty();
  }

  /** The session was deleted; its id is never usable again. Safe for use by many threads. */
  record SessionDeleted(String id) implements CommitOutcome {}

  /**
   * The operation id belongs to a commit with different content. Safe for use by many threads.
   *
   * @param operationId the id that is taken
   */
  record OperationConflict(String operationId) implements CommitOutcome {}

  /**
   * The session is not at the revision that the commit expects: another commit was faster, or the
   * caller's knowledge of the session is wrong. Safe for use by many threads.
   *
   * @param expected the revision that the commit expects
   * @param actual the revision of the session, 0 if there is none
   */
  record RevisionConflict(long expected, long actual) implements CommitOutcome {}

  /**
   * A lease that the commit is fenced by is no longer live; another holder may have it. Safe for
   * use by many threads.
   *
   * @param lease the first such lease of the commit
   */
  record LeaseLost(Lease lease) implements CommitOutcome {}

  /**
   * A claim that the commit completes or is fenced by is no longer live; another worker may have
   * the work. Safe for use by many threads.
   *
   * @param claim the first such claim of the commit
   */
  record ClaimLost(Claim claim) implements CommitOutcome {}

  /**
   * The session has no event at the commit's parent. Safe for use by many threads.
   *
   * @param seq the parent that the commit names
   */
  record UnknownParent(long seq) implements CommitOutcome {}

  /**
   * The session already has an event with this id. Safe for use by many threads.
   *
   * @param eventId the first event id of the commit that is already used
   * @param seq the seq of the event that has the id
   */
  record DuplicateEvent(String eventId, long seq) implements CommitOutcome {}

  /**
   * The key of work to enqueue belongs to work with different content, in the queue or earlier in
   * the commit. Safe for use by many threads.
   *
   * @param queue the queue's name
   * @param key the first such key of the commit
   */
  record KeyConflict(String queue, String key) implements CommitOutcome {}

  /**
   * The commit is in the store. Immutable, safe for use by many threads.
   *
   * @param revision the revision of the session after the commit
   * @param firstSeq the seq of the commit's first event; {@code lastSeq + 1} if it has none
   * @param lastSeq the seq of the last event in the log after the commit
   * @param enqueued the result for each piece of work that the commit enqueued, in the commit's
   *     order: {@code Added}, or {@code Duplicate} of work with the same key and content
   * @param replayed true if an earlier call had committed it, under the same operation id; the
   *     other components are then those of the earlier call
   */
  record Committed(
      long revision, long firstSeq, long lastSeq, List<Enqueued> enqueued, boolean replayed)
      implements CommitOutcome {
    /** Copies {@code enqueued}. */
    public Committed {
      enqueued = List.copyOf(enqueued);
    }
  }
}
