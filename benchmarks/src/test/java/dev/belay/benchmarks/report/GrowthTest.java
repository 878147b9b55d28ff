package dev.belay.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The factor per step.
 *
 * <p>Goal: whoever reads it learns by how much an operation costs more, whatever was measured.
 * Method: costs of which the factors are known, measured in an order that is not theirs.
 */
class GrowthTest {
  private static final Map<String, List<String>> SIZES =
      Map.of("queue growth", List.of("1 k rows", "10 k rows", "100 k rows"));

  private final List<Sample> samples = new ArrayList<>();

  @Test
  void a_time_that_doubles_is_a_factor_of_two() {
    add("10 k rows", "time", "µs/op", 0, 20);
    add("100 k rows", "time", "µs/op", 0, 22);
    add("1 k rows", "time", "µs/op", 0, 10);

    assertThat(Growth.of(SIZES, samples))
        .containsExactly(
            step("time", "1 k rows", "10 k rows", 2, 2, 2),
            step("time", "10 k rows", "100 k rows", 1.1, 1.1, 1.1));
  }

  @Test
  void a_throughput_that_halves_is_a_factor_of_two() {
    add("1 k rows", "throughput", "ops/s", 0, 100);
    add("10 k rows", "throughput", "ops/s", 0, 50);

    assertThat(Growth.of(SIZES, samples))
        .containsExactly(step("throughput", "1 k rows", "10 k rows", 2, 2, 2));
  }

  @Test
  void a_factor_is_made_within_its_round() {
    double[] slowness = {1, 3, 2};
    double[] factors = {2, 1, 1.5};
    for (int round = 0; round < slowness.length; round++) {
      add("1 k rows", "time", "ms", round, slowness[round]);
      add("10 k rows", "time", "ms", round, slowness[round] * factors[round]);
    }

    assertThat(Growth.of(SIZES, samples))
        .containsExactly(step("time", "1 k rows", "10 k rows", 1.5, 1, 2));
  }

  @Test
  void a_size_that_was_not_measured_is_stepped_over() {
    add("1 k rows", "time", "ms", 0, 1);
    add("100 k rows", "time", "ms", 0, 4);

    assertThat(Growth.of(SIZES, samples))
        .containsExactly(step("time", "1 k rows", "100 k rows", 4, 4, 4));
  }

  @Test
  void what_is_no_cost_and_who_is_no_size_have_no_factor() {
    add("1 k rows", "busy", "times", 0, 1);
    add("10 k rows", "busy", "times", 0, 4);
    add("disk", "fsync", "µs", 0, 30);
    samples.add(new Sample("queue", "NORMAL", "raw", "time", "ms", 0, 1));
    samples.add(new Sample("queue", "NORMAL", "belay", "time", "ms", 0, 4));

    assertThat(Growth.of(SIZES, samples)).isEmpty();
    assertThat(GrowthTable.of(List.of())).isEmpty();
  }

  @Test
  void the_table_has_a_line_for_each_step() {
    assertThat(GrowthTable.of(List.of(step("time", "1 k rows", "10 k rows", 1.5, 1, 2))))
        .isEqualTo(
            """
            | question     | setting   | cost by | step                 | factor per step [min–max] |
            |--------------|-----------|---------|----------------------|---------------------------|
            | queue growth | claimable | time    | 1 k rows → 10 k rows | 1.50 [1.00–2.00]          |
            """);
  }

  private void add(String peer, String metric, String unit, int round, double value) {
    samples.add(new Sample("queue growth", "claimable", peer, metric, unit, round, value));
  }

  private static GrowthStep step(
      String metric, String from, String to, double factor, double min, double max) {
    return new GrowthStep("queue growth", "claimable", metric, from, to, factor, min, max);
  }
}
