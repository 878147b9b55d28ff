package dev.belay.shedlock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.session.NewEvent;
import dev.belay.session.SessionCommit;
import java.nio.file.Path;
import java.time.Duration;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of the README. */
class ShedLockExampleTest {
  @TempDir Path folder;
  private int reports;

  @Test
  void a_task_runs_in_one_process_at_a_time() {
    Path file = folder.resolve("locks.db");
    // snippet: task
    try (Belay belay = Belay.open(file)) {
      LockProvider locks = new BelayLockProvider(belay); // in Spring: a bean
      LockingTaskExecutor executor = new DefaultLockingTaskExecutor(locks);
      executor.executeWithLock(
          (Runnable) this::makeReport,
          new LockConfiguration(
              ClockProvider.now(), "report", Duration.ofMinutes(10), Duration.ofSeconds(5)));
    }
    // end: task
    assertThat(reports).isEqualTo(1);
  }

  @Test
  void nothing_late_is_written() {
    try (Belay belay = Belay.open(folder.resolve("locks.db"))) {
      LockConfiguration configuration =
          new LockConfiguration(
              ClockProvider.now(), "report", Duration.ofMinutes(10), Duration.ofSeconds(5));
      // snippet: fence
      BelayLockProvider locks = new BelayLockProvider(belay, "host-a");
      if (locks.lock(configuration).orElse(null) instanceof BelayLock lock) {
        makeReport();
        belay
            .sessions()
            .commit( // refused if the lock was lost meanwhile
                SessionCommit.to("reports")
                    .append(NewEvent.of("report", "done"))
                    .fencedBy(lock.lease()))
            .orThrow();
        lock.unlock();
      }
      // end: fence
      assertThat(belay.sessions().events("reports", 0, 10)).hasSize(1);
    }
  }

  private void makeReport() {
    reports++;
  }
}
