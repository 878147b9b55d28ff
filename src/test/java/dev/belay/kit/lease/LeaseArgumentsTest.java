package dev.belay.kit.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.lease.Leases;
import dev.belay.store.TextRule;
import dev.belay.store.Ttl;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What leases refuse before they touch the store. */
@OnEachForm
class LeaseArgumentsTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Instant START = ManualClock.START;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();
  private Belay belay;
  private Leases leases;

  @BeforeEach
  void open() {
    belay = store.belay();
    leases = belay.leases();
  }

  @Test
  void a_ttl_is_cut_to_milliseconds() {
    Lease lease =
        leases.acquire("reindex", "a", Duration.ofNanos(1_999_999)).granted().orElseThrow();

    assertThat(lease.expiresAt()).isEqualTo(START.plusMillis(1));
  }

  @Test
  void a_ttl_shorter_than_a_millisecond_or_longer_than_the_limit_is_refused() {
    Lease lease = acquire("held", "a");
    for (Duration ttl :
        new Duration[] {
          Duration.ZERO,
          Duration.ofNanos(999_999),
          Duration.ofSeconds(-1),
          Ttl.MAX.plusNanos(1),
          Duration.ofSeconds(Long.MAX_VALUE)
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> leases.acquire("reindex", "a", ttl))
          .withMessageContaining("ttl")
          .withMessageContaining(ttl.toString());
      assertThatIllegalArgumentException().isThrownBy(() -> leases.renew(lease, ttl));
      assertThatIllegalArgumentException().isThrownBy(() -> leases.keep(lease, ttl, lost -> {}));
    }
    assertThat(leases.find("reindex")).isEmpty();
  }

  @Test
  void the_longest_ttl_is_granted() {
    Lease lease = leases.acquire("reindex", "a", Ttl.MAX).granted().orElseThrow();

    assertThat(lease.expiresAt()).isEqualTo(START.plus(Ttl.MAX));
  }

  @Test
  void names_and_holders_follow_the_text_rule() {
    String longest = "x".repeat(TextRule.ID_MAX);
    assertThat(leases.acquire(longest, longest, TTL).granted()).isPresent();

    for (String bad : new String[] {"", longest + "x", "a\u0000b", "\uD800"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> leases.acquire(bad, "a", TTL))
          .withMessageContaining("lease name");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> leases.acquire("n", bad, TTL))
          .withMessageContaining("holder");
      assertThatIllegalArgumentException().isThrownBy(() -> leases.find(bad));
      assertThatIllegalArgumentException().isThrownBy(() -> leases.list(bad, 1));
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without nullness checks can do
  void null_is_refused_by_name() {
    Lease lease = acquire("held", "a");
    assertThatNullPointerException()
        .isThrownBy(() -> leases.acquire(null, "a", TTL))
        .withMessage("lease name");
    assertThatNullPointerException()
        .isThrownBy(() -> leases.acquire("n", null, TTL))
        .withMessage("holder");
    assertThatNullPointerException()
        .isThrownBy(() -> leases.acquire("n", "a", null))
        .withMessage("ttl");
    assertThatNullPointerException().isThrownBy(() -> leases.renew(null, TTL)).withMessage("lease");
    assertThatNullPointerException().isThrownBy(() -> leases.release(null)).withMessage("lease");
    assertThatNullPointerException()
        .isThrownBy(() -> leases.keep(lease, TTL, null))
        .withMessage("onLost");
  }

  @Test
  void a_limit_out_of_bounds_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> leases.list(null, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> leases.list(null, Leases.LIMIT_MAX + 1))
        .withMessageContaining("10000");
  }

  private Lease acquire(String name, String holder) {
    return leases.acquire(name, holder, TTL).granted().orElseThrow();
  }
}
