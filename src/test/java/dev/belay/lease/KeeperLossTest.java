package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.Promise;
import dev.belay.kit.Promised;
import dev.belay.lease.Acquisition.Held;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A keeper tells a loss once, and before the store would let anyone else in. */
@OnEachForm
class KeeperLossTest extends KeeperFixture {
  @Test
  void once_lost_it_stays_lost_though_the_clock_is_set_back() throws Exception {
    LeaseKeeper keeper = keep();
    clock.advance(TTL);
    assertThat(keeper.isHeld()).isFalse();

    clock.advance(TTL.negated());

    assertThat(keeper.isHeld()).isFalse();
    assertThat(takeLoss().lease()).isEqualTo(lease);
  }

  @Test
  void a_loss_is_told_once_on_a_callback_thread() throws Exception {
    LeaseKeeper keeper = keep();
    leases.release(lease);
    pass(THIRD);
    timer.answer();

    Loss loss = takeLoss();
    assertThat(loss.lease()).isEqualTo(lease);
    assertThat(loss.thread()).startsWith("belay-callback");
    assertThat(keeper.isHeld()).isFalse();
    pass(TTL);
    awaitCallbacks();
    assertThat(losses).isEmpty();
    assertThat(timer.isIdle()).isTrue();
  }

  @Test
  @NeedsSharing
  void the_loss_is_told_when_the_time_is_up_though_nobody_asks() throws Exception {
    keep();
    try (Connection other = locked()) {
      pass(THIRD); // the renewal is under way and gets no answer
      pass(TTL.minus(THIRD).minus(MARGIN).minus(TICK));
      awaitCallbacks();
      assertThat(losses).isEmpty();

      pass(TICK);

      assertThat(takeLoss().lease()).isEqualTo(lease);
      other.rollback();
    }
  }

  @Test
  @NeedsSharing
  @Promised(Promise.WRITES_IN_ORDER_OF_CALLS) // a renewal that waits has not begun
  void a_renewal_without_an_answer_is_withdrawn_when_the_time_is_up() throws Exception {
    keep();
    try (Connection other = locked()) {
      pass(THIRD); // the renewal is under way and gets no answer
      pass(TTL.minus(THIRD).minus(MARGIN));
      takeLoss();
      other.rollback();
    }

    belay.useWrite(tx -> {}); // stands in line behind whatever is still there
    assertThat(leases.find("reindex")).contains(lease);
  }

  @Test
  void a_lease_that_is_lost_already_gives_a_keeper_that_tells_so() throws Exception {
    clock.advance(TTL);

    LeaseKeeper keeper = keep();

    assertThat(keeper.isHeld()).isFalse();
    assertThat(takeLoss().lease()).isEqualTo(lease);
    assertThat(timer.isIdle()).isTrue();
  }

  @Test
  @NeedsSharing
  void failures_until_the_margin_lose_the_lease_before_anyone_else_gets_it() throws Exception {
    reopen(options -> options.withBusyTimeout(Duration.ZERO));
    LeaseKeeper keeper = keep();
    int tries = 0;
    try (Connection other = locked()) {
      pass(THIRD);
      timer.answer();
      while (keeper.isHeld()) {
        pass(Duration.ofMillis(100));
        if (keeper.isHeld()) {
          timer.answer();
          tries++;
        }
      }
      other.rollback();
    }

    assertThat(tries).isGreaterThan(100);
    assertThat(takeLoss().lease()).isEqualTo(lease);
    assertThat(leases.acquire("reindex", "b", TTL)).isInstanceOf(Held.class);
    clock.advance(MARGIN);
    assertThat(leases.acquire("reindex", "b", TTL).granted()).isPresent();
  }
}
