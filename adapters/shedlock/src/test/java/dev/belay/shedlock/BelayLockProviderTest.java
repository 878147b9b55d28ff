package dev.belay.shedlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.adapters.testing.TestStores;
import dev.belay.lease.Lease;
import dev.belay.lease.LeaseLostException;
import dev.belay.store.Ttl;
import dev.belay.testing.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Locks to the millisecond, by a clock that only the test moves. */
class BelayLockProviderTest {
  private static final Duration MS = Duration.ofMillis(1);
  private static final Duration NANO = Duration.ofNanos(1);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();
  private Belay belay;
  private BelayLockProvider locks;

  private void open(TestStores database) {
    BelayOptions options =
        BelayOptions.defaults().withClock(clock).withAppMigrations("classpath:db/app");
    belay = TestStores.at(database.place(folder), options);
    locks = new BelayLockProvider(belay, "host-a");
  }

  @AfterEach
  void close() {
    if (belay != null) {
      belay.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_lock_is_the_lease_of_its_name(TestStores database) {
    open(database);
    String name = "TaskScheduler_report #1: täglich / 每日 \uD83D\uDE80 ";

    BelayLock lock = lock(name, Duration.ofMinutes(5), Duration.ZERO).orElseThrow();

    assertThat(belay.leases().find(name)).contains(lock.lease());
    assertThat(lock.lease())
        .isEqualTo(
            new Lease(
                name,
                "host-a",
                lock.lease().token(),
                clock.instant(),
                clock.instant().plus(Duration.ofMinutes(5))));
    assertThat(lock(name.toUpperCase(Locale.ROOT), MS, MS)).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void a_name_that_is_leased_is_locked(TestStores database) {
    open(database);
    Lease lease =
        belay.leases().acquire("report", "host-b", Duration.ofSeconds(1)).granted().orElseThrow();

    assertThat(lock("report", Duration.ofMinutes(5), Duration.ZERO)).isEmpty();
    belay.leases().release(lease);
    assertThat(lock("report", Duration.ofMinutes(5), Duration.ZERO)).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void a_lock_is_free_at_the_very_instant_that_its_time_is_over(TestStores database) {
    open(database);
    BelayLock first = lock("report", Duration.ofSeconds(10), Duration.ZERO).orElseThrow();

    clock.advance(Duration.ofSeconds(10).minus(MS));
    assertThat(lock("report", Duration.ofSeconds(10), Duration.ZERO)).isEmpty();
    clock.advance(MS);
    BelayLock second = lock("report", Duration.ofSeconds(10), Duration.ZERO).orElseThrow();

    assertThat(second.lease().token()).isGreaterThan(first.lease().token());
  }

  @ParameterizedTest
  @EnumSource
  void a_lost_lock_changes_nothing_of_the_next_one(TestStores database) {
    open(database);
    BelayLock extended = lock("extended", MS, Duration.ZERO).orElseThrow();
    BelayLock unlocked = lock("unlocked", MS, Duration.ZERO).orElseThrow();
    BelayLock early = lock("early", MS.multipliedBy(2), MS.multipliedBy(2)).orElseThrow();
    clock.advance(MS.multipliedBy(2));
    List<Lease> next = new ArrayList<>();
    for (String name : List.of("early", "extended", "unlocked")) {
      next.add(lock(name, Duration.ofHours(1), Duration.ZERO).orElseThrow().lease());
    }

    assertThat(extended.extend(Duration.ofHours(2), Duration.ZERO)).isEmpty();
    unlocked.unlock();
    early.unlock();

    assertThat(belay.leases().list(null, 10)).isEqualTo(next);
  }

  @ParameterizedTest
  @EnumSource
  void what_a_lost_lock_writes_is_refused(TestStores database) {
    open(database);
    BelayLock lock = lock("report", MS, Duration.ZERO).orElseThrow();
    clock.advance(MS);

    assertThatThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      tx.handle().execute("INSERT INTO note (text) VALUES ('late')");
                      belay.leases().require(tx, lock.lease());
                    }))
        .isInstanceOf(LeaseLostException.class);
    assertThat(notes()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void an_unlocked_lock_is_held_for_the_rest_of_its_least_time(TestStores database) {
    open(database);
    BelayLock lock = lock("report", Duration.ofMinutes(5), Duration.ofSeconds(3)).orElseThrow();

    clock.advance(Duration.ofSeconds(1));
    lock.unlock();

    Lease rest = belay.leases().find("report").orElseThrow();
    assertThat(rest.token()).isEqualTo(lock.lease().token());
    assertThat(rest.expiresAt()).isEqualTo(ManualClock.START.plusSeconds(3));
    clock.advance(Duration.ofSeconds(2).minus(MS));
    assertThat(lock("report", MS, Duration.ZERO)).isEmpty();
    clock.advance(MS);
    assertThat(lock("report", MS, Duration.ZERO)).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void a_lock_that_is_unlocked_after_its_least_time_is_free_at_once(TestStores database) {
    open(database);
    BelayLock lock = lock("report", Duration.ofMinutes(5), Duration.ofSeconds(3)).orElseThrow();

    clock.advance(Duration.ofSeconds(3));
    lock.unlock();

    assertThat(belay.leases().find("report")).isEmpty();
    assertThatThrownBy(lock::unlock).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void the_times_of_an_extended_lock_count_from_its_extension(TestStores database) {
    open(database);
    BelayLock lock = lock("report", Duration.ofSeconds(10), Duration.ofSeconds(9)).orElseThrow();
    clock.advance(Duration.ofSeconds(4));

    BelayLock extended =
        (BelayLock) lock.extend(Duration.ofSeconds(60), Duration.ofSeconds(20)).orElseThrow();
    assertThat(extended.lease().token()).isEqualTo(lock.lease().token());
    assertThat(extended.lease().expiresAt()).isEqualTo(ManualClock.START.plusSeconds(64));
    clock.advance(Duration.ofSeconds(1));
    extended.unlock();

    assertThat(belay.leases().find("report").orElseThrow().expiresAt())
        .isEqualTo(ManualClock.START.plusSeconds(24));
  }

  @ParameterizedTest
  @EnumSource
  void a_lock_of_no_duration_is_held_for_a_millisecond(TestStores database) {
    open(database);

    BelayLock lock = lock("report", Duration.ZERO, Duration.ZERO).orElseThrow();
    assertThat(lock("report", Duration.ZERO, Duration.ZERO)).isEmpty();
    BelayLock extended = (BelayLock) lock.extend(Duration.ZERO, Duration.ZERO).orElseThrow();
    assertThat(belay.leases().find("report").orElseThrow().expiresAt())
        .isEqualTo(clock.instant().plus(MS));
    extended.unlock();

    assertThat(lock("report", Duration.ZERO, Duration.ZERO)).isPresent();
    clock.advance(MS);
    assertThat(belay.leases().find("report")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void parts_of_a_millisecond_never_make_a_lock_longer_nor_its_least_time_shorter(
      TestStores database) {
    open(database);

    BelayLock lock = lock("report", MS.multipliedBy(3).minus(NANO), MS.plus(NANO)).orElseThrow();
    assertThat(lock.lease().expiresAt()).isEqualTo(clock.instant().plusMillis(2));
    lock.unlock();
    assertThat(belay.leases().find("report").orElseThrow().expiresAt())
        .isEqualTo(clock.instant().plusMillis(2));

    BelayLock whole = lock("mail", MS.plus(NANO), MS.plus(NANO)).orElseThrow();
    whole.unlock();
    assertThat(belay.leases().find("mail").orElseThrow().expiresAt())
        .isEqualTo(clock.instant().plusMillis(1));
  }

  @ParameterizedTest
  @EnumSource
  void durations_beyond_what_a_lease_can_have_are_its_longest(TestStores database) {
    open(database);
    Duration ever = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    BelayLock lock = lock("report", ever, ever).orElseThrow();
    lock.unlock();
    BelayLock negative = lock("mail", MS, ever.negated()).orElseThrow();
    negative.unlock();

    assertThat(belay.leases().find("report").orElseThrow().expiresAt())
        .isEqualTo(clock.instant().plus(Ttl.MAX));
    assertThat(belay.leases().find("mail")).isEmpty();
  }

  @Test
  void names_and_holders_that_no_store_keeps_are_refused() {
    open(TestStores.SQLITE);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> lock("a\0b", MS, MS))
        .withMessage("lease name has a NUL at index 1");
    assertThatIllegalArgumentException().isThrownBy(() -> lock("x".repeat(1_001), MS, MS));
    assertThatIllegalArgumentException().isThrownBy(() -> new BelayLockProvider(belay, ""));
  }

  /** Created long ago by the clock of a process that the store does not care for. */
  private Optional<BelayLock> lock(String name, Duration atMost, Duration atLeast) {
    Optional<SimpleLock> lock =
        locks.lock(new LockConfiguration(Instant.EPOCH, name, atMost, atLeast));
    return lock.map(BelayLock.class::cast);
  }

  private int notes() {
    return belay.<Integer, RuntimeException>read(
        tx -> tx.handle().createQuery("SELECT count(*) FROM note").mapTo(Integer.class).one());
  }
}
