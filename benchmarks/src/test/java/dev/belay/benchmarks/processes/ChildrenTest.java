package dev.belay.benchmarks.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenTest {
  @TempDir Path folder;

  @Test
  void all_start_at_one_instant_and_report_what_they_recorded() throws Exception {
    try (Children children = new Children()) {
      children.start(Recording.class, settings().with("value", 7));
      children.start(Recording.class, settings().with("value", 70));
      long start = children.go();

      List<Report> reports = children.reports(Duration.ZERO);

      assertThat(reports).extracting(report -> report.count("start")).containsOnly(start);
      assertThat(reports)
          .extracting(report -> report.histogram("values").getMaxValue())
          .containsExactly(7L, 70L);
    }
  }

  @Test
  void a_task_that_fails_fails_the_run_and_says_with_which_exit_code() throws Exception {
    try (Children children = new Children()) {
      children.start(Failing.class, settings());
      children.go();

      assertThatThrownBy(() -> children.reports(Duration.ZERO))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Failing 0")
          .hasMessageContaining("exit code 1");
    }
  }

  @Test
  void a_child_ends_with_its_parent() throws Exception {
    Process child = JavaCommand.ofThisJvm().start(Recording.class, settings());

    child.getOutputStream().close(); // as the end of the parent closes it

    try {
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).isEqualTo(3);
    } finally {
      child.destroyForcibly();
    }
  }

  private Settings settings() {
    return Settings.of(folder.resolve("store.db")).with("value", 0);
  }

  /** Records one value. */
  public static final class Recording implements Task {
    private final Histogram values = new Histogram(3);

    @Override
    public void prepare(Settings settings) {
      values.recordValue(settings.number("value"));
    }

    @Override
    public Report run(long startNanos) {
      return new Report().count("start", startNanos).histogram("values", values);
    }

    @Override
    public void close() {}
  }

  /** Fails when it runs. */
  public static final class Failing implements Task {
    @Override
    public void prepare(Settings settings) {}

    @Override
    public Report run(long startNanos) {
      throw new IllegalStateException("as the test wants it");
    }

    @Override
    public void close() {}
  }
}
