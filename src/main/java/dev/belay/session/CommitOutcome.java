package dev.belay.session;

import dev.belay.lease.Lease;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import java.util.List;
import java.util.Optional;

/**
 * The result of a commit. A refusal is an answer, not an error, and has written nothing. Immutable,
 * safe for use by many threads.
 *
 * <p>When several refusals apply, the answer is the one that stands first here. An operation that
 * happened before is answered from its receipt before all of them but {@link SessionDeleted}.
 */
public sealed interface CommitOutcome {
  /**
   * This commit, if it has been committed, now or before.
   *
   * @throws CommitRefusedException else
   */
  default Committed orThrow() {
    if (this instanceof Committed committed) {
      return committed;
    }
    throw new CommitRefusedException(this);
  }

  /** This commit, if it has been committed, now or before. */
  default Optional<Committed> committed() {
    return this instanceof Committed committed ? Optional.of(committed) : Optional.empty();
  }

  /** The session was deleted; its id is never usable again. Safe for use by many threads. */
  record SessionDeleted(String id) implements CommitOutcome {}

  /**
   * The operation id belongs to a commit of other content. Safe for use by many threads.
   *
   * @param operationId the id that is taken
   */
  record OperationConflict(String operationId) implements CommitOutcome {}

  /**
   * Someone else was faster, or the session is not what the caller thinks. Safe for use by many
   * threads.
   *
   * @param expected the revision that the commit was for
   * @param actual the revision of the session, 0 if there is none
   */
  record RevisionConflict(long expected, long actual) implements CommitOutcome {}

  /**
   * A lease that the commit rests on is no longer live; someone else may hold it. Safe for use by
   * many threads.
   *
   * @param lease the first such lease of the commit
   */
  record LeaseLost(Lease lease) implements CommitOutcome {}

  /**
   * A claim that the commit completes or rests on is no longer live; someone else may have the
   * work. Safe for use by many threads.
   *
   * @param claim the first such claim of the commit
   */
  record ClaimLost(Claim claim) implements CommitOutcome {}

  /**
   * The session has no such event to continue from. Safe for use by many threads.
   *
   * @param seq what the commit named as parent
   */
  record UnknownParent(long seq) implements CommitOutcome {}

  /**
   * The session has an event of this id. Safe for use by many threads.
   *
   * @param eventId the first id of the commit that is taken
   * @param seq the event that has it
   */
  record DuplicateEvent(String eventId, long seq) implements CommitOutcome {}

  /**
   * The key of work to enqueue belongs to work of other content, in the queue or earlier in the
   * commit. Safe for use by many threads.
   *
   * @param queue the queue's name
   * @param key the first key of the commit that is taken so
   */
  record KeyConflict(String queue, String key) implements CommitOutcome {}

  /**
   * The commit is in the store. Immutable, safe for use by many threads.
   *
   * @param revision the revision that it made
   * @param firstSeq its first event; {@code lastSeq + 1} if it has none
   * @param lastSeq the last event of the log after it
   * @param enqueued the result for each piece of work it enqueued, in its order: {@code Added}, or
   *     {@code Duplicate} of work with the same key and content
   * @param replayed whether it had happened before, under the same operation id; then all else is
   *     as it was then
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
