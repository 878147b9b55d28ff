package dev.belay.queue;

import dev.belay.store.TextRule;
import dev.belay.store.TxRunner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The queues of a store. For Belay itself. Stateless, safe for use by many threads. */
public final class QueueNames {
  private QueueNames() {}

  /** What {@code Belay.queues} returns. */
  public static List<String> after(TxRunner store, @Nullable String afterName, int limit) {
    Counts.upTo(WorkView.LIMIT_MAX, "limit", limit);
    String after = afterName == null ? "" : TextRule.id("afterName", afterName);
    return store.read(tx -> tx.attach(WorkListDao.class).queues(after, limit));
  }
}
