package dev.belay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.Hold.Sending;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How long a grant may be acted on, by times that are made up. */
class HoldTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Duration LATE = Duration.ofSeconds(3);
  private static final long SENT_NANOS = Long.MAX_VALUE - 1; // nanoTime may overflow meanwhile

  private final ManualClock clock = new ManualClock();
  private final Instant start = clock.instant();

  @Test
  void by_nano_time_it_ends_a_margin_before_the_ttl() {
    Hold<String> hold = hold(TTL, start.plus(TTL));
    long endNanos = SENT_NANOS + TTL.minus(Hold.MARGIN_MAX).toNanos();

    assertThat(hold.isHeld(clock, endNanos - 1)).isTrue();
    assertThat(hold.isHeld(clock, endNanos)).isFalse();
    assertThat(hold.leftNanos(endNanos - 1)).isOne();
  }

  @Test
  void by_the_clock_it_ends_a_margin_before_the_expiry() {
    Hold<String> hold = hold(TTL, start.plus(TTL));

    clock.advance(TTL.minus(Hold.MARGIN_MAX).minusNanos(1));
    assertThat(hold.isHeld(clock, SENT_NANOS)).isTrue();
    clock.advance(Duration.ofNanos(1));
    assertThat(hold.isHeld(clock, SENT_NANOS)).isFalse();
  }

  @Test
  void an_expiry_that_leaves_less_than_the_ttl_shortens_it_by_nano_time_too() {
    Hold<String> hold = hold(TTL, start.plus(TTL).minus(LATE));

    assertThat(hold.leftNanos(SENT_NANOS))
        .isEqualTo(TTL.minus(LATE).minus(Hold.MARGIN_MAX).toNanos());
  }

  @Test
  void an_expiry_that_leaves_more_than_the_ttl_does_not_lengthen_it_by_nano_time() {
    Hold<String> hold = hold(TTL, start.plus(TTL).plus(LATE));

    assertThat(hold.leftNanos(SENT_NANOS)).isEqualTo(TTL.minus(Hold.MARGIN_MAX).toNanos());
  }

  @Test
  void the_margin_of_a_short_ttl_is_a_tenth_of_it() {
    Duration ttl = Duration.ofMillis(100);

    assertThat(hold(ttl, start.plus(ttl)).leftNanos(SENT_NANOS)).isEqualTo(ttl.toNanos() / 10 * 9);
  }

  @Test
  void a_renewal_is_due_after_a_third_of_the_ttl_by_either_clock() {
    Hold<String> hold = hold(TTL, start.plus(TTL));
    long thirdNanos = TTL.toNanos() / Hold.RENEWALS_PER_TTL;

    assertThat(hold.isRenewalDue(clock, SENT_NANOS + thirdNanos - 1)).isFalse();
    assertThat(hold.isRenewalDue(clock, SENT_NANOS + thirdNanos)).isTrue();
    assertThat(hold.untilRenewalNanos(SENT_NANOS + thirdNanos)).isZero();
    clock.advance(Duration.ofNanos(thirdNanos / 2));
    assertThat(hold.isRenewalNear(clock, SENT_NANOS)).isTrue();
    assertThat(hold.isRenewalDue(clock, SENT_NANOS)).isFalse();
    clock.advance(Duration.ofNanos(thirdNanos / 2));
    assertThat(hold.isRenewalDue(clock, SENT_NANOS)).isTrue();
  }

  @Test
  void before_a_first_answer_nothing_is_held() {
    assertThat(Hold.none("grant", SENT_NANOS).isHeld(clock, SENT_NANOS)).isFalse();
  }

  private Hold<String> hold(Duration ttl, Instant expiresAt) {
    return Hold.of("grant", expiresAt, new Sending(start, SENT_NANOS), ttl.toNanos());
  }
}
