package dev.belay.session;

import dev.belay.session.CommitOutcome.ClaimLost;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.KeyConflict;
import dev.belay.session.CommitOutcome.LeaseLost;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;

/**
 * Reports a refused commit to a caller that expects no refusal; see {@link CommitOutcome#orThrow}.
 * The commit has written nothing.
 *
 * <p>Immutable but for its stack trace, safe for use by many threads.
 */
public final class CommitRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient CommitOutcome outcome;

  CommitRefusedException(CommitOutcome outcome) {
    super("commit refused: " + reason(outcome));
    this.outcome = outcome;
  }

  /** Returns the refusal. */
  public CommitOutcome outcome() {
    return outcome;
  }

  // Does not use toString of the outcome, which may contain a payload: that of a claim.
  private static String reason(CommitOutcome outcome) {
    if (outcome instanceof SessionDeleted deleted) {
      return "session " + deleted.id() + " was deleted";
    }
    if (outcome instanceof OperationConflict conflict) {
      return "operation " + conflict.operationId() + " was committed with other content";
    }
    if (outcome instanceof RevisionConflict conflict) {
      return "expected revision " + conflict.expected() + ", found " + conflict.actual();
    }
    if (outcome instanceof LeaseLost lost) {
      return "lease " + lost.lease().name() + " is lost: token " + lost.lease().token();
    }
    if (outcome instanceof ClaimLost lost) {
      return "the claim of work "
          + lost.claim().workId()
          + " in queue "
          + lost.claim().queue()
          + " is lost: token "
          + lost.claim().token();
    }
    if (outcome instanceof UnknownParent parent) {
      return "there is no event " + parent.seq() + " to continue from";
    }
    if (outcome instanceof DuplicateEvent duplicate) {
      return "event id " + duplicate.eventId() + " belongs to event " + duplicate.seq();
    }
    if (outcome instanceof KeyConflict conflict) {
      return "key "
          + conflict.key()
          + " in queue "
          + conflict.queue()
          + " belongs to work of other content";
    }
    throw new IllegalArgumentException("not a refusal: " + outcome.getClass().getSimpleName());
  }
}
