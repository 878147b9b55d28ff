package dev.belay.session;

import dev.belay.lease.Lease;
import dev.belay.lease.LeaseDao;
import dev.belay.queue.Enqueued;
import dev.belay.queue.QueueTurn;
import dev.belay.session.CommitOutcome.ClaimLost;
import dev.belay.session.CommitOutcome.KeyConflict;
import dev.belay.session.CommitOutcome.LeaseLost;
import dev.belay.session.Turn.ClaimUse;
import dev.belay.session.Turn.Enqueue;
import dev.belay.session.Turn.LeaseUse;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one commit does besides its session. Runs no statement for a commit that does nothing such.
 * Belongs to the body that made it.
 */
final class TurnStep {
  private final Tx tx;
  private final Turn turn;
  private final QueueTurn work;
  private final long nowMs;

  TurnStep(Tx tx, Turn turn) {
    this.tx = tx;
    this.turn = turn;
    this.work = new QueueTurn(tx);
    this.nowMs = tx.now().toEpochMilli();
  }

  /** The first lease that is lost, else the first claim. */
  @Nullable CommitOutcome refuseRights() {
    for (LeaseUse use : turn.leases()) {
      if (!isLive(use.lease())) {
        return new LeaseLost(use.lease());
      }
    }
    for (ClaimUse use : turn.claims()) {
      boolean live =
          use.completes() ? work.complete(use.claim(), use.result()) : work.isLive(use.claim());
      if (!live) {
        return new ClaimLost(use.claim());
      }
    }
    work.checkLines();
    return null;
  }

  private boolean isLive(Lease lease) {
    return tx.attach(LeaseDao.class)
        .find(lease.name(), nowMs)
        .filter(found -> found.token() == lease.token())
        .isPresent();
  }

  /** The first key that belongs to work of other content. */
  @Nullable CommitOutcome refuseKeys() {
    for (Enqueue enqueue : turn.enqueues()) {
      String key = enqueue.work().key();
      if (!work.enqueue(enqueue.queue(), enqueue.work()) && key != null) {
        return new KeyConflict(enqueue.queue(), key);
      }
    }
    return null;
  }

  /** Does what was not refused; returns the result of each enqueue. */
  List<Enqueued> write() {
    List<Enqueued> enqueued = work.write();
    for (LeaseUse use : turn.leases()) {
      if (use.releases() && release(use.lease()) != 1) {
        throw new StoreCorruptException(
            "lease " + use.lease().name() + " is live, yet cannot be released", null);
      }
    }
    return enqueued;
  }

  /** Ends what is still held of a commit that happened before. */
  void replay() {
    for (ClaimUse use : turn.claims()) {
      if (use.completes()) {
        var unused = work.complete(use.claim(), use.result());
      }
    }
    work.checkLines();
    work.write();
    for (LeaseUse use : turn.leases()) {
      if (use.releases()) {
        release(use.lease());
      }
    }
  }

  private int release(Lease lease) {
    int released = tx.attach(LeaseDao.class).release(lease.name(), lease.token(), nowMs);
    if (released == 1) {
      CommitReports.reportReleased(tx, lease);
    }
    return released;
  }
}
