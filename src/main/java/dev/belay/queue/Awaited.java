package dev.belay.queue;

import dev.belay.queue.StatusDao.WorkStatus;
import dev.belay.store.Tx;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A condition for which a thread waits. Immutable, safe for use by many threads. */
sealed interface Awaited {
  // equals and hashCode are written out. Those of a record are linked at their first call; if that
  // fails because there is no memory, they fail for as long as the JVM lives, and no commit would
  // wake a waiter again.

  /**
   * The maximum number of READY pieces of work that one look counts: 64. The threads that claim
   * them cause the next look.
   */
  int READY_SEEN_MAX = 64;

  /** Looks in {@code tx} whether the condition holds. */
  Seen look(Tx tx);

  /**
   * The result of a look.
   *
   * @param room the number of waiters that may try: the number of pieces of work, or all waiters
   * @param nextMs the time at which to look again even without a commit; null if never
   */
  record Seen(int room, @Nullable Long nextMs) {}

  /** The condition that a queue has claimable work. */
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
        return new Seen(Math.max(ready, 1), null); // the next claim promotes the due work
      }
      return new Seen(ready, nextMs.orElse(null));
    }
  }

  /** The events that count as the end of a piece of work. */
  enum End {
    /** A finished state, as it is stored. */
    STORED,
    /** Also the lapse of its last claim. */
    BY_CLOCK
  }

  /**
   * The condition that a piece of work has ended, which includes that it was deleted.
   *
   * @param end the events that count
   */
  record Finish(String queue, long workId, End end) implements Awaited {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Finish finish
          && finish.workId == workId
          && finish.end == end
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
      if (end == End.STORED || !status.ending() || status.state() != WorkState.CLAIMED) {
        return new Seen(0, null);
      }
      return status.isFinishedByClock(tx.now().toEpochMilli())
          ? new Seen(Integer.MAX_VALUE, null)
          : new Seen(0, status.expiresAtMs());
    }
  }

  /** A condition of another feature. */
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
