package dev.belay.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the cost of an operation grows from size to size. Stateless.
 *
 * <p>The cost is the time that one takes; of a throughput, its reciprocal. What is neither has no
 * part in it. Every factor is made within a round, where both were measured.
 */
public final class Growth {
  private Growth() {}

  /**
   * The steps that were measured.
   *
   * @param sizes the peers of each question about growth, the smallest first
   */
  public static List<GrowthStep> of(Map<String, List<String>> sizes, List<Sample> samples) {
    List<GrowthStep> steps = new ArrayList<>();
    for (Figure figure : Figure.of(samples)) {
      List<String> measured =
          sizes.getOrDefault(figure.key().question(), List.of()).stream()
              .filter(figure.byPeerAndRound()::containsKey)
              .toList();
      for (int i = 1; i < measured.size(); i++) {
        add(steps, figure, measured.get(i - 1), measured.get(i));
      }
    }
    return List.copyOf(steps);
  }

  private static void add(List<GrowthStep> steps, Figure figure, String from, String to) {
    Figure.Key key = figure.key();
    List<Double> factors =
        switch (key.unit()) {
          case "ops/s", "items/s" -> figure.ratios(from, to);
          case "µs/op", "µs", "ms" -> figure.ratios(to, from);
          default -> List.of();
        };
    if (!factors.isEmpty()) {
      Spread spread = Spread.of(factors);
      steps.add(
          new GrowthStep(
              key.question(),
              key.setting(),
              key.metric(),
              from,
              to,
              spread.median(),
              spread.min(),
              spread.max()));
    }
  }
}
