package dev.belay.examples;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What an agent has done so far. Immutable, safe for use by many threads.
 *
 * @param counts one number for each {@link Count}, in their order
 * @param longestNs the longest that one write took, in nanoseconds
 */
record AgentStatus(List<Long> counts, long longestNs) {
  private static final int COUNTS = Count.values().length;

  static final AgentStatus NONE = new AgentStatus(Collections.nCopies(COUNTS, 0L), 0);

  AgentStatus {
    counts = List.copyOf(counts);
    if (counts.size() != COUNTS) {
      throw new IllegalArgumentException("there are " + COUNTS + " counts, not " + counts.size());
    }
  }

  /** One more of {@code count}. */
  static AgentStatus one(Count count) {
    return new AgentStatus(
        IntStream.range(0, COUNTS).mapToObj(i -> i == count.ordinal() ? 1L : 0L).toList(), 0);
  }

  /** A write that took so long. */
  static AgentStatus write(long tookNs) {
    return new AgentStatus(one(Count.COMMITS).counts, tookNs);
  }

  /** How many of {@code count}. */
  long get(Count count) {
    return counts.get(count.ordinal());
  }

  /** Both together. */
  AgentStatus plus(AgentStatus other) {
    return new AgentStatus(
        IntStream.range(0, COUNTS).mapToObj(i -> counts.get(i) + other.counts.get(i)).toList(),
        Math.max(longestNs, other.longestNs));
  }

  /** As a line from process to process. */
  String toLine() {
    return longestNs + counts.stream().map(count -> " " + count).collect(Collectors.joining());
  }

  /** What {@link #toLine} was made of. */
  static AgentStatus ofLine(String line) {
    List<Long> numbers = Arrays.stream(line.split(" ", -1)).map(Long::valueOf).toList();
    return new AgentStatus(numbers.subList(1, numbers.size()), numbers.get(0));
  }
}
