package dev.belay.queue;

import dev.belay.queue.Enqueued.Added;
import dev.belay.queue.Enqueued.Duplicate;
import dev.belay.queue.Enqueued.KeyConflict;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.Tx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Enqueues work, one piece after another. Belongs to the body that made it. */
final class EnqueueStep {
  private final String queue;
  private final WorkStepDao dao;
  private final LaneStepDao lanes;
  private final PromoteDue promote;
  private final long nowMs;
  private final Tx tx;

  /** The lanes it was told of, and whether all that was due has joined their lines. */
  private final Map<String, Boolean> lines = new HashMap<>();

  private boolean addedReady;

  EnqueueStep(Tx tx, String queue) {
    this.tx = tx;
    this.queue = queue;
    this.dao = tx.attach(WorkStepDao.class);
    this.lanes = tx.attach(LaneStepDao.class);
    this.promote = new PromoteDue(tx, queue);
    this.nowMs = tx.now().toEpochMilli();
  }

  Enqueued run(NewWork work) {
    Optional<Long> id = add(work);
    if (id.isEmpty()) {
      return keyTaken(work);
    }
    dao.addPayload(id.get(), work.payload());
    return new Added(id.get());
  }

  /** Whether it has added work that can be claimed at once; of lanes, that is not known. */
  boolean hasAddedReady() {
    return addedReady;
  }

  private Optional<Long> add(NewWork work) {
    String lane = work.lane();
    if (work.notBeforeMs() > nowMs) {
      return add(work, WorkState.SCHEDULED, work.notBeforeMs());
    }
    if (lane == null) {
      Optional<Long> id = add(work, WorkState.READY, null);
      addedReady |= id.isPresent();
      return id;
    }
    if (!lines.computeIfAbsent(lane, promote::joinLine)) {
      return add(work, WorkState.SCHEDULED, nowMs); // behind all who have not joined yet
    }
    return lanes.addLast(
        WorkIds.next(tx, 1),
        queue,
        lane,
        work.type(),
        work.key(),
        keyLife(work),
        work.priority(),
        work.attemptsMax(),
        nowMs);
  }

  private Optional<Long> add(NewWork work, WorkState state, @Nullable Long dueAtMs) {
    return dao.add(
        WorkIds.next(tx, 1),
        queue,
        state.name(),
        work.type(),
        work.key(),
        keyLife(work),
        work.lane(),
        work.priority(),
        dueAtMs,
        work.attemptsMax(),
        nowMs);
  }

  private static @Nullable String keyLife(NewWork work) {
    return work.key() == null ? null : "WHILE_KEPT";
  }

  private Enqueued keyTaken(NewWork work) {
    String key = work.key();
    Optional<KeyHolder> holder =
        key == null
            ? Optional.empty()
            : dao.keyHolder(queue, key, work.type(), work.lane(), work.payload());
    return holder
        .<Enqueued>map(
            found -> found.sameContent() ? new Duplicate(found.id()) : new KeyConflict(found.id()))
        .orElseThrow(
            () ->
                new StoreCorruptException(
                    "queue " + queue + ": key " + key + " is taken, yet no work has it", null));
  }
}
