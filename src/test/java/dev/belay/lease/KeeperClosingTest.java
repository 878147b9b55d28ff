package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.store.StoreBusyException;
import dev.belay.testing.Patience;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A keeper that is closed, and a keeper whose store is closed. */
@OnEachForm
class KeeperClosingTest extends KeeperFixture {
  @Test
  void closing_releases_the_lease() {
    LeaseKeeper keeper = keep();

    keeper.close();
    keeper.close();

    assertThat(keeper.isHeld()).isFalse();
    assertThat(leases.find("reindex")).isEmpty();
    assertThat(timer.isIdle()).isTrue();
    assertThat(leases.acquire("reindex", "b", TTL).granted()).isPresent();
  }

  @Test
  @NeedsSharing
  void a_keeper_whose_release_failed_can_be_closed_again() throws Exception {
    reopen(options -> options.withBusyTimeout(Duration.ZERO));
    LeaseKeeper keeper = keep();
    try (Connection other = locked()) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(keeper::close).isInstanceOf(StoreBusyException.class);
        assertThat(keeper.isHeld()).isFalse();
        assertThat(timer.isIdle()).isTrue();
      }
      other.rollback();
    }
    assertThat(leases.find("reindex")).isPresent();

    keeper.close();
    keeper.close();

    assertThat(leases.find("reindex")).isEmpty();
    awaitCallbacks();
    assertThat(losses).isEmpty();
  }

  @Test
  void closing_inside_a_body_is_refused_and_the_lease_is_kept_on() throws Exception {
    LeaseKeeper keeper = keep();

    belay.useWrite(tx -> assertThatIllegalStateException().isThrownBy(keeper::close));
    belay.useRead(tx -> assertThatIllegalStateException().isThrownBy(keeper::close));

    assertThat(keeper.isHeld()).isTrue();
    pass(THIRD);
    timer.answer();
    assertThat(keeper.lease().expiresAt()).isEqualTo(lease.expiresAt().plus(THIRD));
    keeper.close();
    assertThat(leases.find("reindex")).isEmpty();
  }

  @Test
  void closing_releases_the_lease_of_an_interrupted_thread_too() {
    LeaseKeeper keeper = keep();

    Thread.currentThread().interrupt();
    keeper.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(leases.find("reindex")).isEmpty();
  }

  @Test
  void closing_never_frees_a_successor() throws Exception {
    LeaseKeeper keeper = keep();
    clock.advance(TTL);
    Lease next = leases.acquire("reindex", "a", TTL).granted().orElseThrow();

    keeper.close();

    assertThat(leases.find("reindex")).contains(next);
    awaitCallbacks();
    assertThat(losses).isEmpty();
  }

  @Test
  void a_loss_is_never_told_after_close() throws Exception {
    LeaseKeeper keeper = keep();
    CountDownLatch callbacksGoOn = new CountDownLatch(1);
    blockCallbacks(callbacksGoOn);
    clock.advance(TTL);
    assertThat(keeper.isHeld()).isFalse(); // told behind the callback that waits

    keeper.close();
    callbacksGoOn.countDown();

    awaitCallbacks();
    assertThat(losses).isEmpty();
  }

  @Test
  void an_answer_that_comes_after_close_changes_nothing() throws Exception {
    LeaseKeeper keeper = keep();
    pass(THIRD);
    keeper.close();
    Lease last = keeper.lease();
    timer.pass(TTL);

    assertThat(keeper.lease()).isEqualTo(last);
    assertThat(leases.find("reindex")).isEmpty();
    awaitCallbacks();
    assertThat(losses).isEmpty();
  }

  @Test
  @NeedsSharing
  void renewals_stop_last_while_a_closing_store_runs_what_it_accepted() throws Exception {
    // alone in its transaction, the renewal has an instant of its own to be known by
    reopen(options -> options.withCommitGroupMax(1));
    LeaseKeeper keeper = keep();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch bodyEnds = new CountDownLatch(1);
    CompletableFuture<Boolean> body =
        belay
            .tx()
            .writeAsync(
                tx -> {
                  running.countDown();
                  await(bodyEnds);
                  return true;
                });
    await(running);
    Thread closer = new Thread(belay::close);
    closer.start();
    awaitRefusal();

    pass(THIRD);
    bodyEnds.countDown();
    timer.answer();

    assertThat(Patience.get(body)).isTrue();
    assertThat(keeper.lease().expiresAt()).isEqualTo(lease.expiresAt().plus(THIRD));
    assertThat(keeper.isHeld()).isTrue();
    closer.join();
  }

  @Test
  void after_the_store_is_closed_it_holds_until_its_time_is_up_and_tells_the_loss()
      throws Exception {
    LeaseKeeper keeper = keep();
    belay.close();

    pass(THIRD);
    assertThat(keeper.isHeld()).isTrue();
    pass(TTL.minus(THIRD).minus(MARGIN).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    pass(TICK);

    assertThat(takeLoss().lease()).isEqualTo(lease);
    assertThat(keeper.isHeld()).isFalse();
  }

  @Test
  @NeedsSharing
  void closing_it_after_the_store_leaves_the_lease_to_expire() throws Exception {
    LeaseKeeper keeper = keep();
    belay.close();

    keeper.close();

    assertThat(keeper.isHeld()).isFalse();
    awaitCallbacks();
    assertThat(losses).isEmpty();
    reopen(options -> options);
    assertThat(leases.find("reindex")).contains(lease);
  }
}
