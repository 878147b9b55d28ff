package dev.belay.queue;

import dev.belay.queue.StatusDao.WorkStatus;
import dev.belay.store.Tx;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a thread waits for. Immutable, safe for use by many threads. */
sealed interface Awaited {
  // equals and hashCode are written out: those of a record are linked when they are first called,
  // and if there is no memory at that moment they fail for as long as the JVM lives. Then no
  // commit would wake a waiter again.

  /** The most READY work that one look counts; the threads that take it make the next look. */
  int READY_SEEN_MAX = 64;

  /** Looks whether it has come, in {@code tx}. */
  Seen look(Tx tx);

  /**
   * The result of a look.
   *
   * @param room how many waiters may try: as many as there is work, or all
   * @param nextMs when to look again even without a commit; null if never
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
        return new Seen(Math.max(ready, 1), null); // the next claim promotes what is due
      }
      return new Seen(ready, nextMs.orElse(null));
    }
  }

  /** What counts as the end of a piece of work. */
  enum End {
    /** Its state as it is stored. */
    STORED,
    /** Also the lapse of its last claim. */
    BY_CLOCK
  }

  /**
   * The end of a piece of work, which includes that it was deleted.
   *
   * @param end what counts as its end
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

  /** What another feature lets its callers wait for. */
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
