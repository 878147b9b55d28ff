package dev.belay.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    Optional<Spread> factor =
        switch (key.unit()) {
          case "ops/s", "items/s" -> figure.ratio(from, to);
          case "µs/op", "µs", "ms" -> figure.ratio(to, from);
          default -> Optional.empty();
        };
    factor.ifPresent(
        spread ->
            steps.add(
                new GrowthStep(
                    key.question(),
                    key.setting(),
                    key.metric(),
                    from,
                    to,
                    spread.value(),
                    spread.min(),
                    spread.max())));
  }
}
