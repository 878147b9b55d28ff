package dev.belay.session;

import dev.belay.engine.RowLocks;
import dev.belay.lease.Lease;
import dev.belay.lease.LeaseDao;
import dev.belay.queue.Claim;
import dev.belay.queue.Enqueued;
import dev.belay.queue.QueueEngine;
import dev.belay.session.CommitOutcome.ClaimLost;
import dev.belay.session.CommitOutcome.KeyConflict;
import dev.belay.session.CommitOutcome.LeaseLost;
import dev.belay.session.Turn.ClaimUse;
import dev.belay.session.Turn.Enqueue;
import dev.belay.session.Turn.LeaseUse;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The checks and writes of a commit's claims, leases and work. Runs no statement if the commit has
 * none of them. Belongs to the body that made it.
 */
final class TurnStep {
  private final Tx tx;
  private final Turn turn;
  private final QueueEngine.Turn work;
  private final long nowMs;

  TurnStep(Tx tx, Turn turn) {
    this.tx = tx;
    this.turn = turn;
    this.work = new QueueEngine.Turn(tx);
    this.nowMs = tx.now().toEpochMilli();
  }

  /**
   * Returns a refusal with the first lost lease, or else the first lost claim; null if none is
   * lost.
   */
  @Nullable CommitOutcome refuseRights() {
    lock();
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

  /** Locks what the turn needs, in the order of {@link RowLocks}. */
  private void lock() {
    RowLocks locks = RowLocks.of(tx);
    if (locks == RowLocks.NONE) {
      return;
    }
    turn.leases().stream()
        .map(use -> use.lease().name())
        .sorted()
        .forEach(name -> locks.lease(tx, name));
    SortedSet<RowLocks.Lane> lanes = new TreeSet<>();
    for (ClaimUse use : turn.claims()) {
      String lane = use.claim().lane();
      if (lane != null) {
        lanes.add(new RowLocks.Lane(use.claim().queue(), lane));
      }
    }
    for (Enqueue enqueue : turn.enqueues()) {
      String lane = enqueue.work().lane();
      if (lane != null) {
        lanes.add(new RowLocks.Lane(enqueue.queue(), lane));
      }
    }
    for (RowLocks.Lane lane : lanes) { // writes nothing: a commit that is refused has not written
      long unused = locks.lane(tx, lane.queue(), lane.name());
    }
    long[] ids = // the lock of a lane also orders its work
        turn.claims().stream()
            .map(ClaimUse::claim)
            .filter(claim -> claim.lane() == null)
            .mapToLong(Claim::workId)
            .sorted()
            .toArray();
    for (int i = 0; i < ids.length && ids.length > 1; i++) {
      locks.work(tx, ids[i]);
    }
  }

  private boolean isLive(Lease lease) {
    return tx.attach(LeaseDao.class)
        .find(lease.name(), nowMs)
        .filter(found -> found.token() == lease.token())
        .isPresent();
  }

  /**
   * Returns a refusal with the first key that belongs to work with different content; null if there
   * is none.
   */
  @Nullable CommitOutcome refuseKeys() {
    for (Enqueue enqueue : turn.enqueues()) {
      String key = enqueue.work().key();
      if (!work.enqueue(enqueue.queue(), enqueue.work()) && key != null) {
        return new KeyConflict(enqueue.queue(), key);
      }
    }
    return null;
  }

  /** Writes the changes of a commit that was not refused. Returns the result of each enqueue. */
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

  /** Completes and releases those claims and leases of a replayed commit that are still live. */
  void replay() {
    lock();
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
    int released = tx.attach(LeaseDao.class).end(lease.name(), lease.token(), nowMs);
    if (released == 1) {
      CommitReports.reportReleased(tx, lease);
    }
    return released;
  }
}
