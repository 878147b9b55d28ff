package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A keeper whose renewal shares the commit of others, as it may on a file. */
class SharedRenewalTest extends KeeperFixture {
  SharedRenewalTest() {
    super(StoreExtension.on(SqliteEngine.FILE));
  }

  @Test
  void the_hold_of_a_renewal_that_joined_an_older_transaction_is_as_long_as_the_lease()
      throws Exception {
    reopen(options -> options.withCommitGroupMax(2));
    LeaseKeeper keeper = keep();
    Duration late = Duration.ofSeconds(3);
    // whether the renewal joins the open transaction is up to the store, so try until one does
    Patience patience = Patience.begin();
    while (!renewInATransactionThatBegan(late, keeper)) {
      patience.check(() -> "no renewal has shared a transaction");
    }

    timer.freeze(TTL.minus(late).minus(MARGIN).minus(TICK));
    assertThat(keeper.isHeld()).isTrue();
    timer.freeze(TICK);
    assertThat(keeper.isHeld()).isFalse();
  }

  /** Whether the renewal shares a transaction that began {@code ago} by the clock. */
  boolean renewInATransactionThatBegan(Duration ago, LeaseKeeper keeper) throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch sent = new CountDownLatch(1);
    CompletableFuture<Boolean> body =
        belay
            .tx()
            .writeAsync(
                tx -> {
                  began.countDown();
                  await(sent);
                  return true;
                });
    await(began);
    Instant then = clock.instant();
    clock.advance(ago);
    timer.pass(THIRD);
    sent.countDown();
    timer.answer();
    assertThat(Patience.get(body)).isTrue();
    return keeper.lease().expiresAt().equals(then.plus(TTL));
  }
}
