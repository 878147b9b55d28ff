package dev.belay.queue;

import static dev.belay.queue.WaitingStore.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.Hold;
import dev.belay.engine.Hold.Sending;
import dev.belay.kit.OnEachForm;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The time until which a worker considers a claim as held. */
@OnEachForm
class HeldClaimTest {
  private static final Duration LATE = Duration.ofSeconds(3);

  @RegisterExtension final WaitingStore store = WaitingStore.onEachForm();

  @Test
  void the_hold_of_a_claim_that_joined_an_older_transaction_is_as_long_as_the_claim() {
    assertThat(store.queue.enqueue(NewWork.of("p")).workId()).isPositive();
    Claim claim = store.queue.claim("w", TTL).orElseThrow();
    store.clock.advance(LATE); // as if the transaction had begun LATE before the claim was sent
    long sentNanos = System.nanoTime() - TTL.minus(LATE).minus(Hold.MARGIN_MAX).toNanos();
    Sending sending = new Sending(store.clock.instant(), sentNanos);

    HeldClaim held = new HeldClaim(store.spy, claim, TTL.toMillis(), sending);
    store.clock.advance(LATE.negated());

    assertThat(held.isHeld()).isFalse();
  }
}
