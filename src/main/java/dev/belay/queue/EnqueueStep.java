package dev.belay.queue;

import dev.belay.engine.ChangedMeanwhileException;
import dev.belay.store.Tx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adds work to one queue, one piece after another. The caller has locked the lanes. Belongs to the
 * body that made it.
 */
final class EnqueueStep {
  private final String queue;
  private final EnqueueDao dao;
  private final LaneDao lanes;
  private final PromoteDue promote;
  private final long nowMs;

  /** For each lane so far, whether all its due work has joined the line. */
  private final Map<String, Boolean> lines = new HashMap<>();

  private boolean addedReady;

  EnqueueStep(Tx tx, String queue) {
    this.queue = queue;
    this.dao = tx.attach(EnqueueDao.class);
    this.lanes = tx.attach(LaneDao.class);
    this.promote = new PromoteDue(tx, queue);
    this.nowMs = tx.now().toEpochMilli();
  }

  /** Adds work whose key, if it has one, was found free. Returns its state. */
  WorkState add(long id, NewWork work) {
    WorkState state = addRow(id, work);
    dao.addPayload(id, work.headers(), work.payload());
    return state;
  }

  /** Returns whether the step has added READY work; work in lanes does not count. */
  boolean hasAddedReady() {
    return addedReady;
  }

  private WorkState addRow(long id, NewWork work) {
    String lane = work.lane();
    if (work.notBeforeMs() > nowMs) {
      return addRow(id, work, WorkState.SCHEDULED, work.notBeforeMs());
    }
    if (lane == null) {
      addedReady = true;
      return addRow(id, work, WorkState.READY, null);
    }
    if (!lines.computeIfAbsent(lane, promote::joinLine)) {
      return addRow(
          id, work, WorkState.SCHEDULED, nowMs); // behind all work that has not joined yet
    }
    Optional<String> state =
        lanes.addLast(
            id,
            queue,
            lane,
            work.type(),
            work.key(),
            work.keyLife(),
            work.payloadBytes(),
            work.priority(),
            work.attemptsMax(),
            nowMs);
    return WorkState.stored(id, state.orElseThrow(() -> keyTaken(work)));
  }

  private WorkState addRow(long id, NewWork work, WorkState state, @Nullable Long dueAtMs) {
    int added =
        dao.add(
            id,
            queue,
            state.name(),
            work.type(),
            work.key(),
            work.keyLife(),
            work.payloadBytes(),
            work.lane(),
            work.priority(),
            dueAtMs,
            work.attemptsMax(),
            nowMs);
    if (added == 0) {
      throw keyTaken(work);
    }
    return state;
  }

  private ChangedMeanwhileException keyTaken(NewWork work) {
    return new ChangedMeanwhileException(
        "queue " + queue + ": key " + work.key() + " was free, yet is taken");
  }
}
