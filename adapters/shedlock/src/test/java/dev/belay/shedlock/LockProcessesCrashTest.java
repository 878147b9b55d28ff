package dev.belay.shedlock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.lease.Lease;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that share a store: they exclude each other, and what a killed one leaves is whole. */
class LockProcessesCrashTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void tasks_of_two_processes_exclude_each_other(TestStores database) throws Exception {
    String place = database.place(folder);
    TestStores.at(place, BelayOptions.defaults()).close();
    Path number = Files.writeString(folder.resolve("number"), "0");

    try (ChildJvm one = ChildCommand.of(LockChild.class, place, "count", number, 50).start();
        ChildJvm two = ChildCommand.of(LockChild.class, place, "count", number, 50).start()) {
      one.expect("done");
      two.expect("done");
    }

    assertThat(number).hasContent("100");
  }

  @ParameterizedTest
  @EnumSource
  void the_lock_of_a_killed_process_is_held_until_its_time_is_over(TestStores database) {
    String place = database.place(folder);
    long token;
    try (ChildJvm child = ChildCommand.of(LockChild.class, place, "hold").start()) {
      token = Long.parseLong(child.readLine());
      child.kill();

      try (Belay belay = TestStores.at(place, BelayOptions.defaults())) {
        assertThat(new BelayLockProvider(belay).lock(LockChild.hour(Duration.ZERO))).isEmpty();
        Lease left = belay.leases().find("report").orElseThrow();
        assertThat(left.token()).isEqualTo(token);
        assertThat(left.holder()).endsWith(":" + child.pid());
      }
    }
    assertThat(tokenOfTheNext(place)).isGreaterThan(token);
  }

  @ParameterizedTest
  @EnumSource
  void a_process_that_is_killed_while_it_writes_leaves_a_whole_store(TestStores database) {
    String place = database.place(folder);
    for (int round = 0; round < 2; round++) {
      long last = 0;
      try (ChildJvm child = ChildCommand.of(LockChild.class, place, "churn").start()) {
        for (int i = 0; i < 20; i++) {
          last = Long.parseLong(child.readLine());
        }
        child.kill();
        for (String line : child.remainingLines()) {
          last = Long.parseLong(line);
        }
      }
      assertThat(tokenOfTheNext(place)).isGreaterThan(last);
    }
  }

  /** Locks and unlocks three hours later, when no lock of a child is left. */
  private static long tokenOfTheNext(String place) {
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(3));
    try (Belay belay = TestStores.at(place, BelayOptions.defaults().withClock(later))) {
      assertThat(belay.check()).isEmpty();
      BelayLock lock =
          (BelayLock)
              new BelayLockProvider(belay).lock(LockChild.hour(Duration.ZERO)).orElseThrow();
      lock.unlock();
      return lock.lease().token();
    }
  }
}
