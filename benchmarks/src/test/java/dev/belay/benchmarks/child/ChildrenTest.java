package dev.belay.benchmarks.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.benchmarks.peer.Scratch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChildrenTest {
  private final Scratch scratch = new Scratch();

  @AfterEach
  void deleteScratch() {
    scratch.close();
  }

  @Test
  void all_start_at_one_instant_and_report_what_they_recorded() throws Exception {
    try (Children children = new Children(scratch)) {
      children.start(Recording.class, settings().with("value", 7));
      children.start(Recording.class, settings().with("value", 70));
      long start = children.go();

      List<Values> reports = children.reports(Duration.ZERO);

      assertThat(reports).extracting(report -> report.count("start")).containsOnly(start);
      assertThat(reports)
          .extracting(report -> report.histogram("values").getMaxValue())
          .containsExactly(7L, 70L);
    }
  }

  @Test
  void a_task_that_fails_fails_the_run_and_says_with_which_exit_code() throws Exception {
    try (Children children = new Children(scratch)) {
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
    Process child = TaskMain.in(JavaCommand.small(scratch), Recording.class, settings()).start();

    child.getOutputStream().close(); // as the end of the parent closes it

    try {
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).isEqualTo(3);
    } finally {
      child.destroyForcibly();
    }
  }

  @Test
  void a_child_of_any_main_class_is_talked_to_and_killed_on_close() throws Exception {
    ProcessBuilder command = JavaCommand.small(scratch).process(Echo.class, List.of("hello"));
    long pid;
    try (Child child = new Child("echo", command)) {
      pid = Long.parseLong(child.hear("hello", Duration.ZERO));
      child.say("world");
      assertThat(child.hear("world", Duration.ZERO)).isEmpty();
    }

    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  private Values settings() {
    return new Values().with("value", 0);
  }

  /** Says its argument and its pid, then what it hears, without end. */
  public static final class Echo {
    /** Starts it. */
    public static void main(String[] arguments) {
      ParentLine parent = ParentLine.takeOver();
      parent.say(arguments[0] + " " + ProcessHandle.current().pid());
      while (true) {
        parent.say(parent.hear());
      }
    }
  }

  /** Records one value. */
  public static final class Recording implements Task {
    private final Histogram values = new Histogram(3);

    @Override
    public void prepare(Values settings) {
      values.recordValue(settings.number("value"));
    }

    @Override
    public Values run(Values settings, long startNanos) {
      return new Values().with("start", startNanos).with("values", values);
    }
  }

  /** Fails when it runs. */
  public static final class Failing implements Task {
    @Override
    public Values run(Values settings, long startNanos) {
      throw new IllegalStateException("as the test wants it");
    }
  }
}
