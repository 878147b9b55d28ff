package dev.belay.shedlock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.lease.Lease;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import net.javacrumbs.shedlock.core.ClockProvider;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockAssert;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockExtender;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.KeepAliveLockProvider;
import net.javacrumbs.shedlock.test.support.FuzzTester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ShedLock itself does with a provider. */
class ShedLockHostsTest {
  private static final LockConfiguration HOUR =
      new LockConfiguration(ClockProvider.now(), "report", Duration.ofHours(1), Duration.ZERO);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();

  @Test
  void a_task_runs_under_its_lock_and_another_is_skipped_meanwhile() throws Throwable {
    try (Belay belay = open()) {
      LockingTaskExecutor here = new DefaultLockingTaskExecutor(new BelayLockProvider(belay, "a"));
      LockingTaskExecutor there = new DefaultLockingTaskExecutor(new BelayLockProvider(belay, "b"));
      List<String> ran = new ArrayList<>();

      here.executeWithLock(
          (Runnable)
              () -> {
                LockAssert.assertLocked();
                ran.add(belay.leases().find("report").orElseThrow().holder());
                // On a thread of its own: on this one ShedLock takes the lock for granted.
                CompletableFuture<Void> other =
                    CompletableFuture.runAsync(
                        () -> there.executeWithLock((Runnable) () -> ran.add("both"), HOUR));
                other.orTimeout(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
              },
          HOUR);
      there.executeWithLock(
          (Runnable) () -> ran.add(belay.leases().find("report").orElseThrow().holder()), HOUR);

      assertThat(ran).containsExactly("a", "b");
      assertThat(belay.leases().find("report")).isEmpty();
    }
  }

  @Test
  void a_task_extends_its_own_lock() {
    try (Belay belay = open()) {
      new DefaultLockingTaskExecutor(new BelayLockProvider(belay))
          .executeWithLock(
              (Runnable)
                  () -> {
                    LockExtender.extendActiveLock(Duration.ofHours(2), Duration.ofSeconds(5));
                    assertThat(belay.leases().find("report").map(Lease::expiresAt))
                        .contains(clock.instant().plus(Duration.ofHours(2)));
                  },
              HOUR);

      assertThat(belay.leases().find("report").map(Lease::expiresAt))
          .contains(clock.instant().plusSeconds(5));
    }
  }

  @Test
  void a_lock_that_is_kept_alive_outlives_its_duration() {
    try (Belay belay = open();
        HandTurned timer = new HandTurned()) {
      SimpleLock lock =
          new KeepAliveLockProvider(new BelayLockProvider(belay), timer).lock(HOUR).orElseThrow();

      for (int i = 0; i < 5; i++) {
        clock.advance(Duration.ofMinutes(30));
        timer.turn();
      }

      assertThat(belay.leases().find("report").map(Lease::expiresAt))
          .contains(clock.instant().plus(Duration.ofHours(1)));
      lock.unlock();
      assertThat(belay.leases().find("report")).isEmpty();
    }
  }

  @Test
  void their_fuzz_test_passes_with_locks_that_are_kept_alive() throws Exception {
    try (Belay belay = Belay.open(folder.resolve("store.db"));
        HandTurned timer = new HandTurned()) {
      new FuzzTester(new KeepAliveLockProvider(new BelayLockProvider(belay), timer)).doFuzzTest();
    }
  }

  private Belay open() {
    return Belay.open(folder.resolve("store.db"), BelayOptions.defaults().withClock(clock));
  }

  /** A timer whose periodic task the test runs too. Its own threads come too late to matter. */
  private static final class HandTurned extends ScheduledThreadPoolExecutor
      implements AutoCloseable {
    private volatile Runnable task;

    HandTurned() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable command, long initialDelay, long period, TimeUnit unit) {
      task = command;
      return super.scheduleAtFixedRate(command, 1, 1, TimeUnit.DAYS);
    }

    void turn() {
      task.run();
    }

    @Override
    public void close() {
      shutdownNow();
    }
  }
}
