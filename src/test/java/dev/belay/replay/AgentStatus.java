package dev.belay.replay;

import java.util.HashMap;
import java.util.Map;

/**
 * What an agent has done so far. Immutable, safe for use by many threads.
 *
 * @param counts how many of each, without those of which there were none
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
    Map<Count, Long> sums = new HashMap<>(counts);
    other.counts.forEach((count, more) -> sums.merge(count, more, Long::sum));
    return new AgentStatus(sums, Math.max(longestNs, other.longestNs));
  }

  /** As a line from process to process. */
  String toLine() {
    StringBuilder line = new StringBuilder().append(longestNs);
    counts.forEach((count, many) -> line.append(' ').append(count).append('=').append(many));
    return line.toString();
  }

  /** What {@link #toLine} was made of. */
  static AgentStatus ofLine(String line) {
    String[] parts = line.split(" ", -1);
    Map<Count, Long> counts = new HashMap<>();
    for (int i = 1; i < parts.length; i++) {
      String[] count = parts[i].split("=", -1);
      counts.put(Count.valueOf(count[0]), Long.valueOf(count[1]));
    }
    return new AgentStatus(counts, Long.parseLong(parts[0]));
  }
}
