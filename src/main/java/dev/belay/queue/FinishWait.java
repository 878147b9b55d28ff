package dev.belay.queue;

import dev.belay.engine.StoreEngine;
import dev.belay.queue.Awaited.End;
import dev.belay.store.StoreReadOnlyException;
import dev.belay.store.Tx;
import java.time.Duration;
import java.util.Optional;

/** A wait for the end of one piece of work. Safe for use by many threads. */
final class FinishWait {
  /*
   * If a claim lapses in the last attempt, or after a request to cancel, its work has ended, and
   * the next claim on that queue stores that. There may be no next claim, so the waiting thread
   * stores it itself. In a read-only store it cannot, and waits until another process does.
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

  /** Returns the work when it is finished; empty if that is not within {@code wait}. */
  Optional<Work> await(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + Times.nanos("wait", wait);
    try {
      return await(wait, End.BY_CLOCK);
    } catch (StoreReadOnlyException e) {
      return await(Duration.ofNanos(Math.max(deadline - System.nanoTime(), 0)), End.STORED);
    }
  }

  private Optional<Work> await(Duration wait, End end) throws InterruptedException {
    return waits
        .until(
            new Awaited.Finish(queue, workId, end),
            1,
            wait,
            () -> find(end),
            work -> work.isEmpty() || work.get().state().isFinished())
        .filter(work -> work.state().isFinished());
  }

  private Optional<Work> find(End end) {
    Optional<Work> work = engine.look(this::find);
    if (end == End.BY_CLOCK && work.isPresent() && work.get().state() == WorkState.CLAIMED) {
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
