package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.Optional;

/** Waits for the end of one piece of work. Safe for use by many threads. */
final class FinishWait {
  /*
   * A claim that lapsed on the last attempt, or under a wish to cancel, is the end of its work: the
   * next who claims on that queue writes it down. Perhaps nobody ever does, so the one that waits
   * writes it down itself. In a store that is only read it cannot, and waits for somebody else.
   */
  private final StoreEngine engine;
  private final WaitVerbs waits;
  private final String queue;
  private final long workId;

  FinishWait(StoreQueues store, String queue, long workId) {
    this.engine = store.engine();
    this.waits = store.waits();
    this.queue = queue;
    this.workId = workId;
  }

  /** The work once it is finished, for {@code wait} at most. */
  Optional<Work> await(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + Times.nanos("wait", wait);
    try {
      return await(wait, true);
    } catch (StoreReadOnlyException e) {
      return await(Duration.ofNanos(Math.max(deadline - System.nanoTime(), 0)), false);
    }
  }

  private Optional<Work> await(Duration wait, boolean byClock) throws InterruptedException {
    return waits
        .until(
            new Awaited.Finish(queue, workId, byClock),
            1,
            wait,
            () -> find(byClock),
            work -> work.isEmpty() || work.get().state().isFinished())
        .filter(work -> work.state().isFinished());
  }

  private Optional<Work> find(boolean byClock) {
    Optional<Work> work = engine.look(this::find);
    if (byClock && work.isPresent() && work.get().state() == WorkState.CLAIMED) {
      return engine.look(this::isFinishedByClock) ? engine.verb(this::finish) : work;
    }
    return work;
  }

  private Optional<Work> find(Tx tx) {
    return tx.attach(WorkDao.class).find(workId, queue);
  }

  private boolean isFinishedByClock(Tx tx) {
    return tx.attach(StatusDao.class)
        .status(workId, queue)
        .filter(status -> status.isFinishedByClock(tx.now().toEpochMilli()))
        .isPresent();
  }

  private Optional<Work> finish(Tx tx) {
    if (isFinishedByClock(tx)) {
      new CancelStep(tx, queue, workId).lapse();
    }
    return find(tx);
  }
}
