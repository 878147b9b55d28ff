package dev.belay.queue;

import dev.belay.engine.RowLocks;
import dev.belay.queue.StatusDao.WorkStatus;
import dev.belay.store.Tx;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Cancels, requeues or deletes one piece of work. Belongs to the body that made it. */
final class CancelStep {
  private final Tx tx;
  private final String queue;
  private final long id;
  private final CancelDao dao;
  private final LaneDao lanes;
  private final PromoteDue promote;
  private final long nowMs;

  CancelStep(Tx tx, String queue, long id) {
    this.tx = tx;
    this.queue = queue;
    this.id = id;
    this.dao = tx.attach(CancelDao.class);
    this.lanes = tx.attach(LaneDao.class);
    this.promote = new PromoteDue(tx, queue);
    this.nowMs = tx.now().toEpochMilli();
  }

  /** Returns the status, which no other transaction changes before this one ends. */
  private Optional<WorkStatus> locked() {
    RowLocks locks = RowLocks.of(tx);
    Optional<WorkStatus> found = dao.status(id, queue);
    if (locks == RowLocks.NONE || found.isEmpty()) {
      return found;
    }
    String lane = found.get().lane();
    if (lane != null) {
      locks.lane(tx, queue, lane);
    }
    locks.work(tx, id);
    return dao.status(id, queue);
  }

  Cancellation cancel() {
    Optional<WorkStatus> found = locked();
    if (found.isEmpty()) {
      return Cancellation.NOT_FOUND;
    }
    WorkStatus status = found.get();
    if (status.state().isFinished()) {
      return Cancellation.FINISHED;
    }
    String lane = status.lane();
    if (status.state() == WorkState.CLAIMED) {
      dao.requestCancel(id);
      if (status.expiresAtMs() > nowMs) {
        return Cancellation.REQUESTED;
      }
      promote.lapse(id, lane, status.token(), status.expiresAtMs()); // cancels it
      return Cancellation.CANCELLED;
    }
    dao.cancel(id, nowMs);
    if (lane != null) {
      lanes.readyHead(queue, lane);
    }
    return Cancellation.CANCELLED;
  }

  /** Ends claimed work whose claim has lapsed. */
  void lapse() {
    locked()
        .ifPresent(
            status -> promote.lapse(id, status.lane(), status.token(), status.expiresAtMs()));
  }

  Requeue requeue() {
    Optional<WorkStatus> found = locked();
    if (found.isEmpty()) {
      return Requeue.NOT_FOUND;
    }
    WorkState state = found.get().state();
    if (state == WorkState.DONE) {
      return Requeue.DONE;
    }
    if (!state.isFinished()) {
      return Requeue.NOT_FINISHED;
    }
    if (dao.isKeyTaken(id)) {
      return Requeue.KEY_TAKEN;
    }
    String lane = found.get().lane();
    if (lane == null) {
      dao.revive(id, nowMs);
      promote.makeReady(id);
    } else {
      RowLocks.of(tx).lanes(tx, new TreeSet<>(Set.of(new RowLocks.Lane(queue, lane))));
      boolean joinsLine = promote.joinLine(lane); // earlier due work joins first
      dao.revive(id, nowMs);
      if (joinsLine) {
        promote.join(id, lane);
      }
    }
    return Requeue.REQUEUED;
  }

  /** Returns whether it was there and finished. */
  boolean delete() {
    return locked().filter(status -> status.state().isFinished()).isPresent()
        && tx.attach(PurgeDao.class).delete(id) == 1;
  }
}
