package dev.belay.queue;

import dev.belay.store.Tx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives a hand to work whose time has come: scheduled work, retries and lapsed claims. Belongs to
 * the body that made it.
 */
final class PromoteDue {
  /* Nothing happens by itself when a time has come; whoever acts on the queue next does it first.
   * A claim does it in rounds, and only until something is READY: each piece of work is promoted
   * once in its life for each time it waited, so a claim pays for a bounded number of others, and
   * what is claimable is found although it was not READY yet.
   */

  /** How many lapsed claims, and how much due work, one round promotes. */
  static final int ROUND_MAX = 256;

  private static final String LAST_LAPSE = "the claim of the last attempt lapsed";

  private final String queue;
  private final WorkStepDao dao;
  private final LaneStepDao lanes;
  private final long nowMs;

  PromoteDue(Tx tx, String queue) {
    this.queue = queue;
    this.dao = tx.attach(WorkStepDao.class);
    this.lanes = tx.attach(LaneStepDao.class);
    this.nowMs = tx.now().toEpochMilli();
  }

  /** Promotes what has been due longest. */
  void round() {
    for (DueWork work : dao.lapsed(queue, nowMs, ROUND_MAX)) {
      lapse(work.id(), work.lane(), work.token());
    }
    for (DueWork work : dao.due(queue, nowMs, ROUND_MAX)) {
      String lane = work.lane();
      if (lane == null) {
        dao.makeReady(work.id());
      } else if (work.state() == WorkState.SCHEDULED) {
        lanes.join(work.id(), queue, lane);
      } else {
        lanes.resume(work.id());
        lanes.readyHead(queue, lane);
      }
    }
  }

  /**
   * Ends a lapsed claim, and with it the whole of a lane grant: what stayed behind would come alive
   * again if the clock were set back, beside the next grant of its lane.
   */
  void lapse(long id, @Nullable String lane, long token) {
    if (lane == null) {
      dao.lapse(id, token, LAST_LAPSE, nowMs);
      return;
    }
    for (LinePlace place : lanes.line(queue, lane, LaneGrant.GRANT_MAX)) {
      if (place.isHeldBy(token)) {
        dao.lapse(place.id(), token, LAST_LAPSE, nowMs);
      }
    }
    lanes.readyHead(queue, lane);
  }

  /**
   * Lets all scheduled work of a lane join its line whose time has come: before anybody else does,
   * who comes later.
   */
  void joinLine(String lane) {
    List<Long> coming;
    do {
      coming = lanes.coming(queue, lane, nowMs, ROUND_MAX);
      for (long id : coming) {
        lanes.join(id, queue, lane);
      }
    } while (coming.size() == ROUND_MAX);
  }

  /** As {@link #joinLine}, of a long crowd only as much as one grant can reach. */
  void joinLineForGrant(String lane) {
    for (long id : lanes.coming(queue, lane, nowMs, LaneGrant.GRANT_MAX)) {
      lanes.join(id, queue, lane);
    }
  }
}
