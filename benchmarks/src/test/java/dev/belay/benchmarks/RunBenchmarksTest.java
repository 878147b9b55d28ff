package dev.belay.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.benchmarks.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command line.
 *
 * <p>Goal: a run leaves a file from which its table and charts can be made again. Method: a run
 * that measures nothing, then its own file.
 */
class RunBenchmarksTest {
  @TempDir Path folder;

  @Test
  void a_run_leaves_its_results_and_they_can_be_drawn_again() throws IOException {
    int exit =
        RunBenchmarks.commandLine()
            .execute(
                "--effort=smoke",
                "--rounds=2",
                "--only=^transaction$",
                "--peers=^belay$",
                "--results=" + folder);

    assertThat(exit).isZero();
    Path json = onlyJson();
    Results results = Results.read(json);
    assertThat(results.rounds()).isEqualTo(2);
    assertThat(results.bases()).containsEntry("transaction", "raw");
    assertThat(results.samples()).extracting(sample -> sample.peer()).contains("raw", "belay");
    assertThat(results.versions()).containsKeys("belay", "sqlite", "jdbi", "shedlock");
    Files.delete(folder.resolve("throughput.svg"));

    assertThat(RunBenchmarks.commandLine().execute("--charts=" + json)).isZero();

    assertThat(folder.resolve("throughput.svg")).exists();
  }

  @Test
  void a_regex_that_matches_no_question_is_an_error() {
    assertThat(RunBenchmarks.commandLine().execute("--only=nothing", "--results=" + folder))
        .isNotZero();
  }

  private Path onlyJson() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> json = files.filter(file -> file.toString().endsWith(".json")).toList();
      assertThat(json).hasSize(1);
      return json.get(0);
    }
  }
}
