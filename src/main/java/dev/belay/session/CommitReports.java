package dev.belay.session;

import dev.belay.engine.StoreEngine;
import dev.belay.engine.StoreEngine.Event;
import dev.belay.lease.Lease;
import dev.belay.session.CommitOutcome.ClaimLost;
import dev.belay.session.CommitOutcome.Committed;
import dev.belay.session.CommitOutcome.DuplicateEvent;
import dev.belay.session.CommitOutcome.KeyConflict;
import dev.belay.session.CommitOutcome.LeaseLost;
import dev.belay.session.CommitOutcome.OperationConflict;
import dev.belay.session.CommitOutcome.RevisionConflict;
import dev.belay.session.CommitOutcome.SessionDeleted;
import dev.belay.session.CommitOutcome.UnknownParent;
import dev.belay.store.BelayObserver.CommitEvent;
import dev.belay.store.BelayObserver.CommitEvent.Outcome;
import dev.belay.store.BelayObserver.LeaseEvent;
import dev.belay.store.Tx;

/** Reports the outcomes of commits to an observer. Stateless, safe for use by many threads. */
final class CommitReports {
  private CommitReports() {}

  static void report(Tx tx, SessionCommit commit, CommitOutcome outcome) {
    StoreEngine engine = StoreEngine.observed(tx);
    if (engine != null) {
      CommitEvent event = event(commit, outcome);
      Event when = outcome instanceof Committed ? Event.COMMIT : Event.OUTCOME;
      engine.tell(tx, when, observer -> observer.sessionCommit(event));
    }
  }

  private static CommitEvent event(SessionCommit commit, CommitOutcome outcome) {
    String id = commit.sessionId();
    if (outcome instanceof Committed committed) {
      return committed.replayed()
          ? new CommitEvent(id, Outcome.REPLAYED, committed.revision(), 0)
          : new CommitEvent(id, Outcome.COMMITTED, committed.revision(), commit.events().size());
    }
    return new CommitEvent(id, refusal(outcome), 0, 0);
  }

  private static Outcome refusal(CommitOutcome outcome) {
    if (outcome instanceof RevisionConflict) {
      return Outcome.REVISION_CONFLICT;
    } else if (outcome instanceof OperationConflict) {
      return Outcome.OPERATION_CONFLICT;
    } else if (outcome instanceof ClaimLost) {
      return Outcome.CLAIM_LOST;
    } else if (outcome instanceof LeaseLost) {
      return Outcome.LEASE_LOST;
    } else if (outcome instanceof KeyConflict) {
      return Outcome.KEY_CONFLICT;
    } else if (outcome instanceof DuplicateEvent) {
      return Outcome.DUPLICATE_EVENT;
    } else if (outcome instanceof UnknownParent) {
      return Outcome.UNKNOWN_PARENT;
    } else if (outcome instanceof SessionDeleted) {
      return Outcome.SESSION_DELETED;
    }
    throw new AssertionError(outcome);
  }

  /** Reports that a commit has released {@code lease}. */
  static void reportReleased(Tx tx, Lease lease) {
    StoreEngine engine = StoreEngine.observed(tx);
    if (engine != null) {
      LeaseEvent event =
          new LeaseEvent(lease.name(), lease.holder(), lease.token(), LeaseEvent.Outcome.RELEASED);
      engine.tell(tx, Event.COMMIT, observer -> observer.lease(event));
    }
  }
}
