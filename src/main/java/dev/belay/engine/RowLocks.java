package dev.belay.engine;

import dev.belay.store.Tx;
import java.util.SortedSet;

/**
 * The locks that a verb takes before it reads what it decides on. Stateless, safe for use by many
 * threads.
 *
 * <p>On an engine with one writer at a time, the transaction itself is the lock, and these methods
 * do nothing. On an engine with several writers, each method waits until no other transaction has
 * the lock, and keeps it until the transaction ends.
 *
 * <p>One order for all, so that no two verbs wait for each other: maintenance, the session, leases
 * by name, lanes by queue and name, work. A body that calls several verbs may break the order; then
 * the database ends one of the transactions, and its body runs again.
 */
public interface RowLocks {
  /** For engines with one writer at a time. */
  RowLocks NONE = new RowLocks() {};

  /** A lane of a queue. Ordered by queue, then by name. */
  record Lane(String queue, String name) implements Comparable<Lane> {
    @Override
    public int compareTo(Lane other) {
      int byQueue = queue.compareTo(other.queue);
      return byQueue != 0 ? byQueue : name.compareTo(other.name);
    }
  }

  /** Returns the locks of the store that {@code tx} belongs to. */
  static RowLocks of(Tx tx) {
    return tx.runner() instanceof StoreEngine engine ? engine.locks() : NONE;
  }

  /** Locks one kind of maintenance, so that two processes do not delete the same rows. */
  default void maintenance(Tx tx, String kind) {}

  /** Locks a session, whether it exists or not. */
  default void session(Tx tx, String id) {}

  /**
   * Locks a lease, whether it exists or not. Returns the largest token that the store remembers for
   * the name; 0 if tokens grow over all names.
   */
  default long lease(Tx tx, String name) {
    return 0;
  }

  /** Locks lanes before work is added to them or settled in them. It may be their first. */
  default void lanes(Tx tx, SortedSet<Lane> lanes) {}

  /**
   * Locks a lane, whether it has work or not. Returns its largest token, as {@link #lease} does.
   */
  default long lane(Tx tx, String queue, String lane) {
    return 0;
  }

  /** Stores the token of a grant of a lane that is locked. */
  default void laneGranted(Tx tx, String queue, String lane, long token) {}

  /**
   * Forgets lanes of a queue that have no unfinished work: a bounded number in each call, which
   * goes on where the last call has stopped. Never waits for a lane.
   */
  default void forgetLanes(Tx tx, String queue) {}

  /** Locks a piece of work. */
  default void work(Tx tx, long id) {}
}
