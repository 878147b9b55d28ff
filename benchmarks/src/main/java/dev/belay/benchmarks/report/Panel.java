package dev.belay.benchmarks.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One of the diagrams of a chart, which stand side by side on one scale. Immutable.
 *
 * @param columns what stands along the bottom, as in "1", "4", "16"
 * @param lines what is drawn: for each peer its figures, by column
 */
record Panel(String title, List<String> columns, Map<String, Map<String, Spread>> lines) {
  Stream<Spread> figures() {
    return lines.values().stream().flatMap(line -> line.values().stream());
  }
}
