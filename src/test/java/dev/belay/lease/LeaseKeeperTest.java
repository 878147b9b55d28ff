package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.lease.Acquisition.Held;
import dev.belay.store.StoreBusyException;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A keeper renews in time, and never says that it holds what the store would give away. */
@OnEachForm
class LeaseKeeperTest extends KeeperFixture {
  @Test
  void it_renews_at_once() {
    clock.advance(THIRD);

    LeaseKeeper keeper = keep();

    Lease renewed = leases.find("reindex").orElseThrow();
    assertThat(renewed.expiresAt()).isEqualTo(lease.expiresAt().plus(THIRD));
    assertThat(keeper.lease()).isEqualTo(renewed);
    assertThat(keeper.isHeld()).isTrue();
  }

  @Test
  void it_renews_every_third_of_the_ttl() throws Exception {
    LeaseKeeper keeper = keep();

    pass(THIRD.minus(TICK));
    assertThat(keeper.lease()).isEqualTo(lease);
    pass(TICK);
    timer.answer();
    assertThat(keeper.lease().expiresAt()).isEqualTo(lease.expiresAt().plus(THIRD));
    for (int i = 0; i < 10; i++) {
      pass(THIRD);
      timer.answer();
    }

    assertThat(keeper.isHeld()).isTrue();
    assertThat(leases.find("reindex")).contains(keeper.lease());
    assertThat(keeper.lease().token()).isEqualTo(lease.token());
    assertThat(losses).isEmpty();
  }

  @Test
  void by_the_stores_clock_it_holds_until_the_margin_before_expiry() {
    LeaseKeeper keeper = keep();

    clock.advance(TTL.minus(MARGIN).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    clock.advance(TICK);
    assertThat(keeper.isHeld()).isFalse();
    assertThat(leases.acquire("reindex", "b", TTL)).isInstanceOf(Held.class);
  }

  @Test
  void by_nano_time_it_holds_until_the_margin_though_the_clock_stands_still() {
    LeaseKeeper keeper = keep();

    timer.freeze(TTL.minus(MARGIN).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    timer.freeze(TICK);
    assertThat(keeper.isHeld()).isFalse();
  }

  @Test
  void the_margin_of_a_short_lease_is_a_tenth_of_it() {
    LeaseKeeper keeper = leases.keep(lease, Duration.ofMillis(100), lost -> {});

    timer.freeze(Duration.ofMillis(90).minusNanos(1));
    assertThat(keeper.isHeld()).isTrue();
    timer.freeze(Duration.ofNanos(1));
    assertThat(keeper.isHeld()).isFalse();
  }

  @Test
  void the_hold_is_counted_from_before_the_renewal_was_sent() throws Exception {
    LeaseKeeper keeper = keep();
    pass(THIRD);
    timer.freeze(Duration.ofSeconds(5)); // the answer is that late
    timer.answer();

    timer.freeze(TTL.minus(MARGIN).minusSeconds(5).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    timer.freeze(TICK);
    assertThat(keeper.isHeld()).isFalse();
  }

  @Test
  @NeedsSharing
  void after_an_operating_failure_it_tries_again_shortly() throws Exception {
    reopen(options -> options.withBusyTimeout(Duration.ZERO));
    LeaseKeeper keeper = keep();
    try (Connection other = locked()) {
      pass(THIRD);
      timer.answer();
      other.rollback();
    }
    assertThat(keeper.lease()).isEqualTo(lease);

    pass(Duration.ofMillis(100));
    timer.answer();

    assertThat(keeper.isHeld()).isTrue();
    assertThat(keeper.lease().expiresAt()).isEqualTo(clock.instant().plus(TTL));
    assertThat(losses).isEmpty();
  }

  @Test
  @NeedsSharing
  void a_first_renewal_that_fails_makes_no_keeper() throws Exception {
    reopen(options -> options.withBusyTimeout(Duration.ZERO));
    try (Connection other = locked()) {
      assertThatThrownBy(this::keep).isInstanceOf(StoreBusyException.class);
      other.rollback();
    }
    assertThat(timer.isIdle()).isTrue();
    assertThat(losses).isEmpty();
  }

  @Test
  void callbacks_that_block_do_not_stop_the_renewals() throws Exception {
    LeaseKeeper keeper = keep();
    CountDownLatch callbacksGoOn = new CountDownLatch(1);
    blockCallbacks(callbacksGoOn);

    for (int i = 0; i < 6; i++) {
      pass(THIRD);
      timer.answer();
    }

    assertThat(keeper.isHeld()).isTrue();
    callbacksGoOn.countDown();
  }
}
