package dev.belay.examples;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an agent has done so far. Immutable, safe for use by many threads.
 *
 * @param counts what was counted; what is missing is none
 * @param longestNs the longest that one write took, in nanoseconds
 */
record AgentStatus(Map<Count, Long> counts, long longestNs) {
  static final AgentStatus NONE = new AgentStatus(Map.of(), 0);

  AgentStatus {
    counts = Map.copyOf(counts);
  }

  /** One more of {@code count}. */
  static AgentStatus one(Count count) {
    return new AgentStatus(Map.of(count, 1L), 0);
  }

  /** A write that took so long. */
  static AgentStatus write(long tookNs) {
    return new AgentStatus(Map.of(Count.COMMITS, 1L), tookNs);
  }

  /** How many of {@code count}. */
  long get(Count count) {
    return counts.getOrDefault(count, 0L);
  }

  /** Both together. */
  AgentStatus plus(AgentStatus other) {
    Map<Count, Long> sum = new EnumMap<>(Count.class);
    for (Count count : Count.values()) {
      sum.put(count, get(count) + other.get(count));
    }
    return new AgentStatus(sum, Math.max(longestNs, other.longestNs));
  }

  /** As a line from process to process: the longest write, then every count in its order. */
  String toLine() {
    return longestNs
        + Arrays.stream(Count.values()).map(c -> " " + get(c)).collect(Collectors.joining());
  }

  /** What {@link #toLine} was made of. */
  static AgentStatus ofLine(String line) {
    List<Long> numbers = Arrays.stream(line.split(" ", -1)).map(Long::valueOf).toList();
    Map<Count, Long> counts = new EnumMap<>(Count.class);
    int next = 1;
    for (Count count : Count.values()) {
      counts.put(count, numbers.get(next++));
    }
    return new AgentStatus(counts, numbers.get(0));
  }
}
