package dev.belay.queue;

import dev.belay.store.Tx;
import java.util.Optional;

/** Cancels or requeues one piece of work. Belongs to the body that made it. */
final class CancelStep {
  private final String queue;
  private final long id;
  private final WorkStepDao dao;
  private final LaneStepDao lanes;
  private final PromoteDue promote;
  private final long nowMs;

  CancelStep(Tx tx, String queue, long id) {
    this.queue = queue;
    this.id = id;
    this.dao = tx.attach(WorkStepDao.class);
    this.lanes = tx.attach(LaneStepDao.class);
    this.promote = new PromoteDue(tx, queue);
    this.nowMs = tx.now().toEpochMilli();
  }

  Cancellation cancel() {
    Optional<Standing> found = dao.standing(id, queue);
    if (found.isEmpty()) {
      return Cancellation.NOT_FOUND;
    }
    Standing standing = found.get();
    if (standing.state().isFinished()) {
      return Cancellation.FINISHED;
    }
    String lane = standing.lane();
    if (standing.state() == WorkState.CLAIMED) {
      dao.requestCancel(id);
      if (standing.expiresAtMs() > nowMs) {
        return Cancellation.REQUESTED;
      }
      promote.lapse(id, lane, standing.token(), standing.expiresAtMs()); // heeds the wish
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
    dao.standing(id, queue)
        .ifPresent(
            standing ->
                promote.lapse(id, standing.lane(), standing.token(), standing.expiresAtMs()));
  }

  Requeue requeue() {
    Optional<Standing> found = dao.standing(id, queue);
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
      dao.makeReady(id);
    } else {
      boolean joinsLine = promote.joinLine(lane); // who was due before stands before
      dao.revive(id, nowMs);
      if (joinsLine) {
        promote.join(id, lane);
      }
    }
    return Requeue.REQUEUED;
  }
}
