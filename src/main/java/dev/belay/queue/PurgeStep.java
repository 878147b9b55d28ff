package dev.belay.queue;

import dev.belay.store.Tx;
import java.util.List;

/** Deletes finished work, the longest finished first. Belongs to the body that made it. */
final class PurgeStep {
  /** How much it looks at in advance. */
  static final int LOOK_MAX = 250;

  private final String queue;
  private final long beforeMs;
  private final WorkStepDao dao;
  private final ByteBudget budget = new ByteBudget();

  PurgeStep(Tx tx, String queue, long beforeMs) {
    this.queue = queue;
    this.beforeMs = beforeMs;
    this.dao = tx.attach(WorkStepDao.class);
  }

  /** Deletes up to {@code max} pieces of work that have room in one transaction; how many. */
  int run(int max) {
    int deleted = 0;
    int before;
    List<WorkSize> oldest;
    do {
      before = deleted;
      oldest = dao.oldestFinished(queue, beforeMs, Math.min(max - deleted, LOOK_MAX));
      for (WorkSize work : oldest) {
        if (!budget.takes(work.bytes())) {
          return deleted;
        }
        deleted += dao.delete(work.id());
      }
    } while (oldest.size() == LOOK_MAX && deleted > before && deleted < max);
    return deleted;
  }
}
