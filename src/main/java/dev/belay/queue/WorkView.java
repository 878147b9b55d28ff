package dev.belay.queue;

import dev.belay.engine.TxCheck;
import dev.belay.store.TextRule;
import dev.belay.store.Tx;
import dev.belay.store.TxRunner;
import java.util.List;
import java.util.Optional;

/**
 * What can be seen of a queue's work, as it is stored; see {@link WorkQueue} for what holds for
 * every verb. Safe for use by many threads.
 */
public sealed interface WorkView permits WorkQueue {
  /** How much work one call lists. */
  int LIMIT_MAX = 10_000;

  /** The queue's name. */
  String name();

  /** The transactions of the queue's store. */
  TxRunner tx();

  /** A piece of work of this queue. */
  default Optional<Work> find(long workId) {
    return tx().read(tx -> find(tx, workId));
  }

  /** As {@link #find(long)}, in {@code tx}. */
  default Optional<Work> find(Tx tx, long workId) {
    TxCheck.reading(tx, tx(), "WorkQueue.find");
    return tx.attach(WorkListDao.class).find(workId, name());
  }

  /**
   * The work that has a key, finished or not; if its life ended with the work that had it, the one
   * of these that was finished last.
   */
  default Optional<Work> findByKey(String key) {
    return tx().read(tx -> findByKey(tx, key));
  }

  /** As {@link #findByKey(String)}, in {@code tx}. */
  default Optional<Work> findByKey(Tx tx, String key) {
    TxCheck.reading(tx, tx(), "WorkQueue.findByKey");
    TextRule.id("work key", key);
    WorkListDao dao = tx.attach(WorkListDao.class);
    return dao.findByKey(name(), key).or(() -> dao.findBySpentKey(name(), key));
  }

  /**
   * Work in one state, by id, page by page, as lines without payload and result. Only an empty page
   * is the end: one that is shorter than {@code limit} need not be the last. Its cost is that of
   * what it shows, whatever else the queue holds.
   *
   * @param afterId the last id of the page before, 0 for the first page
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
   */
  default List<WorkLine> list(WorkState state, long afterId, int limit) {
    return tx().read(tx -> list(tx, state, afterId, limit));
  }

  /** As {@link #list(WorkState, long, int)}, in {@code tx}. */
  default List<WorkLine> list(Tx tx, WorkState state, long afterId, int limit) {
    TxCheck.reading(tx, tx(), "WorkQueue.list");
    if (afterId < 0) {
      throw new IllegalArgumentException("afterId must not be negative: " + afterId);
    }
    Counts.upTo(LIMIT_MAX, "limit", limit);
    WorkListDao dao = tx.attach(WorkListDao.class);
    return state == WorkState.READY
        ? dao.listReady(name(), afterId, limit)
        : dao.list(name(), state.name(), afterId, limit);
  }

  /**
   * The line of a lane as it stands, head first, as lines without payload and result. Scheduled
   * work is not in line yet.
   *
   * @param limit how many at most, from 1 to {@link #LIMIT_MAX}
   */
  default List<WorkLine> lane(String lane, int limit) {
    return tx().read(tx -> lane(tx, lane, limit));
  }

  /** As {@link #lane(String, int)}, in {@code tx}. */
  default List<WorkLine> lane(Tx tx, String lane, int limit) {
    TxCheck.reading(tx, tx(), "WorkQueue.lane");
    TextRule.id("lane", lane);
    Counts.upTo(LIMIT_MAX, "limit", limit);
    return tx.attach(WorkListDao.class).lane(name(), lane, limit);
  }

  /**
   * How much work is in each state. Counts the entries of two indexes: its time grows with how much
   * the queue holds, finished work included, so it is not for polling.
   */
  default QueueStats stats() {
    return tx().read(tx -> stats(tx));
  }

  /** As {@link #stats()}, in {@code tx}. */
  default QueueStats stats(Tx tx) {
    TxCheck.reading(tx, tx(), "WorkQueue.stats");
    return tx.attach(WorkListDao.class).stats(name());
  }
}
