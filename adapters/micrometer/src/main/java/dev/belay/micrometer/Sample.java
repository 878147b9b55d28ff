package dev.belay.micrometer;

import dev.belay.StoreStats;
import dev.belay.queue.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a store at one time, by queue. Immutable, safe for use by many threads.
 *
 * @param storeBytes not a number if the store could not be read
 * @param walBytes not a number if the store could not be read
 * @param queues null if the store could not be read
 */
record Sample(double storeBytes, double walBytes, @Nullable Map<String, Queue> queues) {
  /** What is known of a store that could not be read. */
  static final Sample UNREADABLE = new Sample(Double.NaN, Double.NaN, null);

  /** The work of all queues that have one tag value. Belongs to its sample. */
  static final class Queue {
    private final Map<WorkState, Long> counts = new EnumMap<>(WorkState.class);
    private double oldestReadySeconds;
    private double oldestClaimedSeconds;

    private void add(StoreStats.QueueCounts queue, Instant at) {
      for (WorkState state : WorkState.values()) {
        counts.merge(state, queue.count(state).value(), Long::sum);
      }
      oldestReadySeconds = Math.max(oldestReadySeconds, seconds(queue.oldestReadyAt(), at));
      oldestClaimedSeconds = Math.max(oldestClaimedSeconds, seconds(queue.oldestClaimedAt(), at));
    }

    private static double seconds(@Nullable Instant since, Instant at) {
      return since == null ? 0 : Duration.between(since, at).toMillis() / 1_000.0;
    }

    double count(WorkState state) {
      return counts.getOrDefault(state, 0L);
    }

    double oldestReadySeconds() {
      return oldestReadySeconds;
    }

    double oldestClaimedSeconds() {
      return oldestClaimedSeconds;
    }
  }

  static Sample of(StoreStats stats, BoundedTag queueTag) {
    Map<String, Queue> queues = new HashMap<>();
    for (StoreStats.QueueCounts queue : stats.queues()) {
      queues
          .computeIfAbsent(queueTag.value(queue.queue()), value -> new Queue())
          .add(queue, stats.at());
    }
    return new Sample(stats.engine().bytes(), stats.engine().walBytes(), queues);
  }

  Set<String> queueValues() {
    return queues == null ? Set.of() : queues.keySet();
  }

  /** Returns the queue, without any work if it has none; null if the store could not be read. */
  @Nullable Queue queue(String value) {
    return queues == null ? null : queues.getOrDefault(value, new Queue());
  }
}
