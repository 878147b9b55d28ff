package dev.belay.queue;

import dev.belay.queue.StatusDao.WorkStatus;
import dev.belay.store.Tx;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What somebody waits for. Immutable, safe for use by many threads. */
sealed interface Awaited {
  // equals and hashCode are written out: those of a record are linked when they are first called,
  // and if there is no memory at that moment they fail for as long as the JVM lives. Then no
  // commit would wake anybody any more.

  /** How much READY work one look counts; who takes it makes the next look. */
  int READY_SEEN_MAX = 64;

  /** Looks whether it has come. */
  Seen look(Tx tx);

  /**
   * What a look has seen.
   *
   * @param room for how many it has come: how much can be claimed, or everybody
   * @param nextMs when to look again though nobody commits; null: never
   */
  record Seen(int room, @Nullable Long nextMs) {}

  /** Work of a queue that can be claimed. */
  record Claimable(String queue) implements Awaited {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Claimable claimable && claimable.queue.equals(queue);
    }

    @Override
    public int hashCode() {
      return queue.hashCode();
    }

    @Override
    public Seen look(Tx tx) {
      int ready = tx.attach(ClaimDao.class).countReady(queue, READY_SEEN_MAX);
      Optional<Long> nextMs = tx.attach(DueDao.class).nextDueMs(queue);
      if (nextMs.isPresent() && nextMs.get() <= tx.now().toEpochMilli()) {
        return new Seen(Math.max(ready, 1), null); // whoever claims next promotes what is due
      }
      return new Seen(ready, nextMs.orElse(null));
    }
  }

  /**
   * The end of a piece of work, which includes that it was deleted.
   *
   * @param byClock whether the lapse of its last claim is its end too
   */
  record Finish(String queue, long workId, boolean byClock) implements Awaited {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Finish finish
          && finish.workId == workId
          && finish.byClock == byClock
          && finish.queue.equals(queue);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(workId);
    }

    @Override
    public Seen look(Tx tx) {
      Optional<WorkStatus> found = tx.attach(StatusDao.class).status(workId, queue);
      if (found.isEmpty() || found.get().state().isFinished()) {
        return new Seen(Integer.MAX_VALUE, null);
      }
      WorkStatus status = found.get();
      if (!byClock || !status.ending() || status.state() != WorkState.CLAIMED) {
        return new Seen(0, null);
      }
      return status.isFinishedByClock(tx.now().toEpochMilli())
          ? new Seen(Integer.MAX_VALUE, null)
          : new Seen(0, status.expiresAtMs());
    }
  }

  /** What another feature than the queue lets its callers wait for. */
  record Elsewhere(Object what, Predicate<Tx> hasCome) implements Awaited {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Elsewhere elsewhere && elsewhere.what.equals(what);
    }

    @Override
    public int hashCode() {
      return what.hashCode();
    }

    @Override
    public Seen look(Tx tx) {
      return new Seen(hasCome.test(tx) ? Integer.MAX_VALUE : 0, null);
    }
  }
}
