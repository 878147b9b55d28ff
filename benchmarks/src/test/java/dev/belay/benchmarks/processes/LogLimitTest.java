package dev.belay.benchmarks.processes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.benchmarks.child.Values;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A measurement ends before it fills the disk.
 *
 * <p>Goal: a log beyond the limit is seen, and soon. Method: a file that is just too large.
 */
class LogLimitTest {
  @TempDir Path folder;

  @Test
  void a_log_beyond_the_limit_is_seen_at_the_next_look() throws Exception {
    LogLimit limit = limit(1);
    Files.write(limit.log(), new byte[(1 << 20) + 1]);
    long now = System.nanoTime();

    assertThat(limit.isPassed(now + TimeUnit.MILLISECONDS.toNanos(10))).isFalse();
    assertThat(limit.isPassed(now + TimeUnit.MILLISECONDS.toNanos(50))).isTrue();
  }

  @Test
  void without_a_limit_nobody_looks() throws Exception {
    assertThat(limit(0).isPassed(Long.MAX_VALUE / 2)).isFalse();
  }

  private LogLimit limit(int maxMib) {
    Values settings = Values.of(folder.resolve("store.db"));
    return new LogLimit(settings.with(LogLimit.SETTING, maxMib));
  }
}
