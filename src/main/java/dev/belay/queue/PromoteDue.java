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
 * Promotes due work: scheduled work, retries and lapsed claims. Belongs to the body that made it.
 */
final class PromoteDue {
  /*
   * No timer promotes work when it falls due; the next verb on the queue does that first. A claim
   * promotes in rounds, and only until work is READY: each piece of work is promoted once for each
   * time that it waited. The size of a round and the number of rounds in a transaction are bounded,
   * even if very much work falls due or lapses at once, because no other thread can write during
   * the transaction.
   */

  /** The maximum number of lapsed claims and pieces of due work that one round promotes: 256. */
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
   * Promotes up to {@link #ROUND_MAX} pieces of work: first those whose claims have lapsed, then
   * those that are due, the earliest first.
   *
   * @throws StoreCorruptException if due work cannot be promoted: it would stay due, and every
   *     later claim would fail at it
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

  /** Runs a move. If the database refuses it, the exception names the work. */
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
      // Of the rows of a lane that another transaction had locked, the look may have found the
      // last.
      requireMoved(work.id(), lanes.joinNext(queue, lane, nowMs));
    } else {
      requireMoved(work.id(), lanes.resume(work.id()));
      lanes.readyHead(queue, lane);
    }
  }

  /**
   * Ends a lapsed claim, and with it its whole lane grant: otherwise the rest would be live again,
   * beside the next grant of the lane, if the clock were set back.
   */
  void lapse(long id, @Nullable String lane, long token, long expiresAtMs) {
    requireMoved(id, dao.lapse(queue, token, expiresAtMs, LAST_LAPSE, nowMs));
    if (lane != null) {
      lanes.readyHead(queue, lane);
    }
  }

  /**
   * Moves due scheduled work of a lane into its line, before later work joins: up to {@link
   * #ROUND_MAX} pieces of work, over all lanes. Returns whether that was all due work of the lane.
   * If not, the caller schedules later work behind the rest, which the next rounds move in the
   * order of its times.
   */
  boolean joinLine(String lane) {
    List<Long> coming = lanes.coming(queue, lane, nowMs, joinsLeft + 1);
    int joining = Math.min(joinsLeft, coming.size());
    coming.subList(0, joining).forEach(id -> join(id, lane));
    joinsLeft -= joining;
    return joining == coming.size();
  }

  /** As {@link #joinLine}, but at most the size of one grant. */
  void joinLineForGrant(String lane) {
    lanes.coming(queue, lane, nowMs, LaneGrant.GRANT_MAX).forEach(id -> join(id, lane));
  }

  /** Makes due work without a lane READY. */
  void makeReady(long id) {
    requireMoved(id, dao.makeReady(id));
  }

  /** Moves scheduled work to the end of the line of its lane. */
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
        "queue " + queue + ": work " + id + " is due, but cannot be promoted", refusal);
  }
}
