package dev.belay.benchmarks;

import dev.belay.benchmarks.report.Samples;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A question that is asked of Belay and its peers, round by round. Belongs to one thread. */
public interface Question {
  /** As in the first column of the table. */
  String name();

  /** The peer that the others are divided by. */
  String base();

  /**
   * The peers, the smallest first, where they are sizes of one thing and the question is how the
   * cost grows with it; else none.
   */
  default List<String> sizes() {
    return List.of();
  }

  /**
   * Measures every peer once, one right after the other, in every setting.
   *
   * @param round counted from 0
   * @param effort how long to measure
   */
  void ask(int round, Effort effort, Samples samples) throws Exception;

  /** How many rounds are enough: one where a round takes minutes, or is a median by itself. */
  default int rounds(Effort effort) {
    return effort == Effort.FULL ? 3 : 1;
  }

  /** The versions of what it has asked; none where {@code Versions} knows them all. */
  default Map<String, String> versions() throws Exception {
    return Map.of();
  }

  /**
   * The same question, asked only in the settings and of the peers that match: for whoever tries
   * something out. One that knows no such thing is asked whole.
   */
  default Question narrowed(Predicate<String> setting, Predicate<String> peer) {
    return this;
  }
}
