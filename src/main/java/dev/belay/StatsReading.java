package dev.belay;

import dev.belay.StoreStats.Count;
import dev.belay.StoreStats.QueueCounts;
import dev.belay.engine.EngineFacts;
import dev.belay.engine.StoreEngine;
import dev.belay.queue.WorkState;
import dev.belay.store.Tx;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@link StoreStats}. Immutable, safe for use by many threads. */
final class StatsReading {
  private final StoreEngine store;
  private final int max;

  /** Reads those of {@code store}; each count reads up to {@code max} entries of an index. */
  StatsReading(StoreEngine store, int max) {
    this.store = store;
    this.max = max;
  }

  /**
   * @param names the queues, one more than there is room for if there are more
   */
  StoreStats read(List<String> names) {
    EngineFacts facts = store.facts();
    StoreStats.Engine engine =
        new StoreStats.Engine(
            facts.name(),
            facts.version(),
            facts.location(),
            facts.schemaVersion(),
            facts.bytes(),
            facts.walBytes());
    boolean more = names.size() > StoreStats.QUEUES_MAX;
    List<QueueCounts> queues =
        names.stream().limit(StoreStats.QUEUES_MAX).map(this::queue).toList();
    return store.look(
        tx -> {
          StatsDao dao = tx.attach(StatsDao.class);
          return new StoreStats(
              engine,
              tx.now(),
              count(dao.sessions(max)),
              count(dao.leases(tx.now().toEpochMilli(), max)),
              queues,
              more);
        });
  }

  private QueueCounts queue(String name) {
    return store.look(tx -> queue(tx, name));
  }

  private QueueCounts queue(Tx tx, String name) {
    StatsDao dao = tx.attach(StatsDao.class);
    Map<WorkState, Count> counts = new EnumMap<>(WorkState.class);
    for (WorkState state : WorkState.values()) {
      long value =
          state == WorkState.READY ? dao.ready(name, max) : dao.inState(name, state.name(), max);
      counts.put(state, count(value));
    }
    return new QueueCounts(
        name,
        counts,
        instant(dao.oldestReadyMs(name, max).orElse(null)),
        instant(dao.oldestClaimedMs(name, max).orElse(null)));
  }

  private Count count(long value) {
    return new Count(value, value >= max);
  }

  private static @Nullable Instant instant(@Nullable Long ms) {
    return ms == null ? null : Instant.ofEpochMilli(ms);
  }
}
