package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.queue.DueDao.DueWork;
import dev.belay.store.BelayObserver;
import dev.belay.store.BelayObserver.AttemptFailure;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.util.List;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Promotes work whose time has come: scheduled work, retries and lapsed claims. Belongs to the body
 * that made it.
 */
final class PromoteDue {
  /*
   * Nothing happens by itself when a time has come; the next verb on the queue promotes the work
   * first. A claim promotes in rounds, and only until something is READY: each piece of work is
   * promoted once for each time that it waited. A round is bounded, however much falls due or
   * lapses at once, and so is the number of rounds in a transaction: while it lasts, no other
   * thread can write.
   */

  /** The most lapsed claims and pieces of due work that one round promotes. */
  static final int ROUND_MAX = 256;

  private static final String LAST_LAPSE = "the claim of the last attempt lapsed";

  private final Tx tx;
  private final String queue;
  private final DueDao dao;
  private final LaneDao lanes;
  private final long nowMs;
  private int joinsLeft = ROUND_MAX;

  PromoteDue(Tx tx, String queue) {
    this.tx = tx;
    this.queue = queue;
    this.dao = tx.attach(DueDao.class);
    this.lanes = tx.attach(LaneDao.class);
    this.nowMs = tx.now().toEpochMilli();
  }

  /**
   * Promotes up to {@link #ROUND_MAX} of what has lapsed and then of what is due, the earliest
   * first.
   *
   * @throws StoreCorruptException if something is due that cannot be promoted: it would be due for
   *     ever, and every claim would end with it
   */
  void round() {
    List<DueWork> lapsed = dao.lapsed(queue, nowMs, ROUND_MAX);
    DueWork last = null;
    for (DueWork work : lapsed) {
      if (last == null || last.token() != work.token() || last.atMs() != work.atMs()) {
        move(work, () -> lapse(work.id(), work.lane(), work.token(), work.atMs()));
      }
      last = work;
      if (work.isLastAttempt()) {
        reportBuried(work.id());
      }
    }
    for (DueWork work : dao.due(queue, nowMs, ROUND_MAX - lapsed.size())) {
      move(work, () -> promote(work));
    }
  }

  /** Makes a move; if the database refuses it, names the work. */
  private void move(DueWork work, Runnable move) {
    try {
      move.run();
    } catch (JdbiException e) {
      throw cannotMove(work.id(), e);
    }
  }

  /** Reports work whose last attempt ended with its process, or so it seems: no other code can. */
  private void reportBuried(long id) {
    dao.buried(id)
        .filter(buried -> tx.runner() instanceof StoreEngine)
        .ifPresent(
            buried -> {
              AttemptFailure failure =
                  new AttemptFailure(
                      queue,
                      id,
                      buried.worker(),
                      buried.attempt(),
                      buried.attemptsMax(),
                      new IllegalStateException(LAST_LAPSE),
                      AttemptFailure.Outcome.BURIED);
              BelayObserver observer = ((StoreEngine) tx.runner()).observer();
              tx.afterCommit(() -> observer.attemptFailed(failure));
            });
  }

  private void promote(DueWork work) {
    String lane = work.lane();
    if (lane == null) {
      makeReady(work.id());
    } else if (work.state() == WorkState.SCHEDULED) {
      join(work.id(), lane);
    } else {
      requireMoved(work.id(), lanes.resume(work.id()));
      lanes.readyHead(queue, lane);
    }
  }

  /**
   * Ends a lapsed claim, and with it the whole of a lane grant: otherwise the rest would be live
   * again if the clock were set back, beside the next grant of its lane.
   */
  void lapse(long id, @Nullable String lane, long token, long expiresAtMs) {
    requireMoved(id, dao.lapse(queue, token, expiresAtMs, LAST_LAPSE, nowMs));
    if (lane != null) {
      lanes.readyHead(queue, lane);
    }
  }

  /**
   * Lets due scheduled work of a lane join its line, before work that comes later: up to {@link
   * #ROUND_MAX}, over all lanes. Returns whether that was all of the lane; if not, what comes later
   * is scheduled behind the rest, which the next rounds let in by its times.
   */
  boolean joinLine(String lane) {
    List<Long> coming = lanes.coming(queue, lane, nowMs, joinsLeft + 1);
    int joining = Math.min(joinsLeft, coming.size());
    coming.subList(0, joining).forEach(id -> join(id, lane));
    joinsLeft -= joining;
    return joining == coming.size();
  }

  /** As {@link #joinLine}, but only as much as one grant can reach. */
  void joinLineForGrant(String lane) {
    lanes.coming(queue, lane, nowMs, LaneGrant.GRANT_MAX).forEach(id -> join(id, lane));
  }

  /** Makes work without a lane claimable, whose time has come. */
  void makeReady(long id) {
    requireMoved(id, dao.makeReady(id));
  }

  /** Lets scheduled work join the line of its lane, at the end. */
  void join(long id, String lane) {
    requireMoved(id, lanes.join(id, queue, lane));
  }

  private void requireMoved(long id, int rows) {
    if (rows == 0) {
      throw cannotMove(id, null);
    }
  }

  private StoreCorruptException cannotMove(long id, @Nullable JdbiException refusal) {
    return new StoreCorruptException(
        "queue " + queue + ": the time of work " + id + " has come, yet it cannot be moved on",
        refusal);
  }
}
