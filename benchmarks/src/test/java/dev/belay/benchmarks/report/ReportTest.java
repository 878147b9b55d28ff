package dev.belay.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of samples.
 *
 * <p>Goal: a ratio is made within its round, and what is written can be read. Method: rounds of
 * which one ran on a machine half as fast.
 */
class ReportTest {
  @TempDir Path folder;

  @Test
  void a_ratio_is_made_within_its_round() {
    String table = RatioTable.of(results());

    assertThat(table)
        .contains("| transaction | 16 callers, NORMAL, 200 B")
        .containsPattern("\\| belay +\\| 100 ops/s +\\| 2\\.00 \\[2\\.00–2\\.50\\] +\\|")
        .containsPattern("\\| raw +\\| 50.0 ops/s +\\| 1 +\\|");
  }

  @Test
  void results_come_back_as_they_were_written() throws Exception {
    Path file = folder.resolve("results.json");

    results().write(file);

    assertThat(Results.read(file)).isEqualTo(results());
  }

  @Test
  void both_charts_are_drawn_and_are_xml() throws Exception {
    Charts.draw(results(), folder);

    for (String name : List.of("throughput.svg", "waits.svg")) {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(folder.resolve(name).toFile());
    }
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
    for (int round = 0; round < raw.length; round++) {
      samples.add(throughput("raw", round, raw[round]));
      samples.add(throughput("belay", round, belay[round]));
      for (String metric : List.of("wait p50", "wait p99", "wait max")) {
        samples.add(
            new Sample(
                "contention",
                "4 processes × 4 callers, NORMAL, 200 B, group 64",
                "belay",
                metric,
                "ms",
                round,
                7));
      }
    }
    return new Results(
        "2026-11-20",
        "full",
        raw.length,
        new Machine("a <CPU> & co", 2, 23.5, "Linux 6", "ext4", "a JVM"),
        Map.of("belay", "1"),
        Map.of("transaction", "raw", "contention", "stock busy_timeout"),
        samples,
        List.of());
  }

  private static Sample throughput(String peer, int round, double value) {
    return new Sample(
        "transaction", "16 callers, NORMAL, 200 B", peer, "throughput", "ops/s", round, value);
  }
}
