package dev.belay.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of samples.
 *
 * <p>Goal: a ratio is made within its round, and what is written can be read. Method: rounds of
 * which one ran on a machine half as fast.
 */
class ReportTest {
  private static final String FOUR = "4 processes × 4 callers, NORMAL, 200 B, group 64";

  @TempDir Path folder;

  @Test
  void a_ratio_is_made_within_its_round() {
    String table = RatioTable.of(results());

    assertThat(table)
        .contains("| transaction | 16 callers, NORMAL, 200 B, group 64")
        .containsPattern("\\| belay +\\| 100 ops/s +\\| 2\\.00 \\[2\\.00–2\\.50\\] +\\|")
        .containsPattern("\\| raw +\\| 50.0 ops/s +\\| 1 +\\|");
  }

  @Test
  void of_a_maximum_the_largest_of_the_rounds_is_told_and_divided() {
    assertThat(RatioTable.of(results()))
        .containsPattern("wait max +\\| belay +\\| 100 ms +\\| 1\\.00 \\[0\\.10–2\\.00\\] +\\|")
        .containsPattern("wait max +\\| stock +\\| 100 ms +\\| 1 +\\|")
        .containsPattern("wait p99 +\\| belay +\\| 10\\.0 ms +\\|");
  }

  @Test
  void percent_have_no_ratio() {
    assertThat(RatioTable.of(results()))
        .containsPattern("idle CPU +\\| nothing open +\\| 0\\.02.* % +\\| 1 +\\|")
        .containsPattern("idle CPU +\\| belay +\\| 0\\.40 % +\\| +\\|");
  }

  @Test
  void results_come_back_as_they_were_written() throws Exception {
    Path file = folder.resolve("results.json");

    results().write(file);

    assertThat(Results.read(file)).isEqualTo(results());
  }

  @Test
  void a_file_from_before_there_was_growth_can_be_read() throws Exception {
    Path file = folder.resolve("results.json");
    results().write(file);
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    json.remove("growth");
    new ObjectMapper().writeValue(file.toFile(), json);

    assertThat(Results.read(file).growth()).isEmpty();
  }

  @Test
  void the_throughput_has_a_line_for_each_peer_and_a_point_for_each_crowd() throws Exception {
    Charts.draw(results(), folder);

    Drawing drawing = Drawing.read(folder.resolve("throughput.svg"));
    assertThat(drawing.texts()).contains("belay", "raw", "4", "16", "150", "callers", "1/s");
    // from 0 at 396 to 150 at 96; two columns of a panel that begins at 78, and the legend
    assertThat(drawing.dots("#0072b2"))
        .containsExactlyInAnyOrder("153.0 316.0", "303.0 196.0", "742.0 110.0");
    assertThat(drawing.dots("#444444"))
        .containsExactlyInAnyOrder("153.0 346.0", "303.0 296.0", "742.0 132.0");
  }

  @Test
  void the_waits_have_a_panel_for_each_percentile_on_one_scale() throws Exception {
    Charts.draw(results(), folder);

    Drawing drawing = Drawing.read(folder.resolve("waits.svg"));
    assertThat(drawing.texts())
        .contains("belay", "p50", "p99", "longest", "1", "10", "100", "ms (logarithmic)");
    // 10 ms is the middle between 1 and 100
    assertThat(drawing.dots("#0072b2")).contains("228.0 396.0", "554.0 246.0", "880.0 96.0");
  }

  @Test
  void commits_on_postgres_have_charts_of_their_own() throws Exception {
    Charts.draw(results(), folder);

    Drawing throughput = Drawing.read(folder.resolve("postgres-throughput.svg"));
    assertThat(throughput.texts()).contains("belay", "64", "callers", "1/s", "on: fsync at commit");
    // 16,000 of 20,000, in the middle of the only column of the first panel; and the legend
    assertThat(throughput.dots("#0072b2")).containsExactlyInAnyOrder("228.0 156.0", "742.0 110.0");
    Drawing waits = Drawing.read(folder.resolve("postgres-waits.svg"));
    assertThat(waits.texts()).contains("belay", "64", "p50", "ms (logarithmic)");
  }

  @Test
  void a_chart_nobody_has_figures_for_is_not_drawn() throws Exception {
    Results none = results();
    Charts.draw(
        new Results(
            none.date(),
            none.effort(),
            none.rounds(),
            none.machine(),
            none.versions(),
            none.bases(),
            List.of(),
            List.of()),
        folder);

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void scales_hold_what_they_were_made_for() {
    assertThat(Scale.linear(97_000).ticks()).contains(0.0, 20_000.0, 100_000.0).hasSize(6);
    assertThat(Scale.linear(10).at(10)).isLessThanOrEqualTo(1);
    assertThat(Scale.logarithmic(0.3, 70).ticks()).containsExactly(0.1, 1.0, 10.0, 100.0);
    assertThat(Scale.logarithmic(0.1, 1000).at(10)).isCloseTo(0.5, within(1e-9));
  }

  private static Results results() {
    List<Sample> samples = new ArrayList<>();
    double[] raw = {50, 25, 60};
    double[] belay = {100, 50, 150};
    double[] longest = {10, 100, 20};
    double[] stockLongest = {100, 80, 10};
    for (int round = 0; round < raw.length; round++) {
      samples.add(throughput("16 callers", "raw", round, raw[round]));
      samples.add(throughput("16 callers", "belay", round, belay[round]));
      samples.add(throughput("4 callers", "raw", round, 25));
      samples.add(throughput("4 callers", "belay", round, 40));
      samples.add(wait("wait p50", round, 1));
      samples.add(wait("wait p99", round, 10));
      samples.add(wait("wait max", round, longest[round]));
      samples.add(
          new Sample("contention", FOUR, "stock", "wait max", "ms", round, stockLongest[round]));
    }
    String committers = "64 callers, synchronous_commit on, 200 B";
    samples.add(new Sample("pg commit", committers, "belay", "throughput", "commits/s", 0, 16_000));
    samples.add(new Sample("pg commit", committers, "belay", "commit p50", "ms", 0, 4));
    samples.add(new Sample("idle CPU", "waits", "nothing open", "idle CPU", "%", 0, 0.02));
    samples.add(new Sample("idle CPU", "waits", "belay", "idle CPU", "%", 0, 0.4));
    return new Results(
        "2026-11-20",
        "full",
        raw.length,
        new Machine("a <CPU> & co", 2, 23.5, "Linux 6", "ext4", "a JVM"),
        Map.of("belay", "1"),
        Map.of("transaction", "raw", "contention", "stock", "idle CPU", "nothing open"),
        samples,
        List.of(new GrowthStep("queue growth", "s", "time", "1 k rows", "10 k rows", 1.1, 1, 1.2)));
  }

  private static Sample throughput(String callers, String peer, int round, double value) {
    String setting = callers + ", NORMAL, 200 B, group 64";
    return new Sample("transaction", setting, peer, "throughput", "ops/s", round, value);
  }

  private static Sample wait(String metric, int round, double value) {
    return new Sample("contention", FOUR, "belay", metric, "ms", round, value);
  }
}
