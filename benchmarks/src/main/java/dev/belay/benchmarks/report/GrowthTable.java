package dev.belay.benchmarks.report;

import java.util.List;

/** The factor per step of every question about growth. Stateless. */
public final class GrowthTable {
  private static final List<String> HEADER =
      List.of("question", "setting", "cost by", "step", "factor per step [min–max]");

  private GrowthTable() {}

  /** A line for each step; empty if no step was measured. */
  public static String of(List<GrowthStep> steps) {
    return steps.isEmpty()
        ? ""
        : TextTable.of(HEADER, steps.stream().map(GrowthTable::row).toList());
  }

  private static List<String> row(GrowthStep step) {
    return List.of(
        step.question(),
        step.setting(),
        step.metric(),
        step.from() + " → " + step.to(),
        new Spread(step.factor(), step.min(), step.max()).asRatio());
  }
}
