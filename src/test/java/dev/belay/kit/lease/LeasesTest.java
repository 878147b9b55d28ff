package dev.belay.kit.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.NeedsSharing;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Acquisition;
import dev.belay.lease.Acquisition.Granted;
import dev.belay.lease.Acquisition.Held;
import dev.belay.lease.Displaced;
import dev.belay.lease.Lease;
import dev.belay.lease.Leases;
import dev.belay.lease.Renewal;
import dev.belay.lease.Renewal.Lost;
import dev.belay.lease.Renewal.Renewed;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One holder at a time, for a time. */
@OnEachForm
class LeasesTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Instant START = ManualClock.START;

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();
  private final ManualClock clock = store.clock;
  private Belay belay;
  private Leases leases;

  @BeforeEach
  void open() {
    belay = store.belay();
    leases = belay.leases();
  }

  @Test
  void a_free_name_is_granted() {
    Acquisition acquisition = leases.acquire("reindex", "a", TTL);

    Lease lease = acquisition.granted().orElseThrow();
    assertThat(acquisition).isEqualTo(new Granted(lease, null));
    assertThat(lease).isEqualTo(new Lease("reindex", "a", lease.token(), START, START.plus(TTL)));
    assertThat(leases.find("reindex")).contains(lease);
  }

  @Test
  void a_live_lease_refuses_others_and_names_its_holder_and_expiry() {
    Lease lease = acquire("reindex", "a");
    clock.advance(Duration.ofSeconds(1));

    Acquisition second = leases.acquire("reindex", "b", TTL);

    assertThat(second).isEqualTo(new Held("a", lease.token(), lease.expiresAt()));
    assertThat(second.granted()).isEmpty();
    assertThat(leases.find("reindex")).contains(lease);
  }

  @Test
  void a_live_lease_refuses_its_own_holder_too() {
    Lease lease = acquire("reindex", "a");

    assertThat(leases.acquire("reindex", "a", TTL))
        .isEqualTo(new Held("a", lease.token(), lease.expiresAt()));
  }

  @Test
  void of_two_callers_in_one_millisecond_one_wins() {
    Acquisition first = leases.acquire("reindex", "a", TTL);
    Acquisition second = leases.acquire("reindex", "b", TTL);

    assertThat(first.granted()).isPresent();
    assertThat(second.granted()).isEmpty();
  }

  @Test
  void a_lease_is_held_one_millisecond_before_it_expires() {
    acquire("reindex", "a");
    clock.advance(TTL.minusMillis(1));

    assertThat(leases.acquire("reindex", "b", TTL)).isInstanceOf(Held.class);
  }

  @Test
  void a_lease_is_free_at_the_very_instant_it_expires() {
    acquire("reindex", "a");
    clock.advance(TTL);

    Acquisition second = leases.acquire("reindex", "b", TTL);

    assertThat(second.granted()).isPresent();
  }

  @Test
  void taking_over_a_lapsed_lease_names_the_displaced_holder() {
    Lease lapsed = acquire("reindex", "a");
    clock.advance(TTL.plusSeconds(5));

    Granted granted = (Granted) leases.acquire("reindex", "b", TTL);

    assertThat(granted.displaced())
        .isEqualTo(new Displaced("a", lapsed.token(), lapsed.expiresAt()));
    assertThat(granted.lease().token()).isGreaterThan(lapsed.token());
  }

  @Test
  void a_released_name_is_free_at_once_and_no_holder_is_displaced() {
    Lease first = acquire("reindex", "a");
    assertThat(leases.release(first)).isTrue();

    Granted granted = (Granted) leases.acquire("reindex", "b", TTL);

    assertThat(granted.displaced()).isNull();
    assertThat(granted.lease().token()).isGreaterThan(first.token());
  }

  @Test
  void renewing_moves_the_expiry_and_keeps_token_and_start() {
    Lease lease = acquire("reindex", "a");
    Instant later = clock.advance(Duration.ofSeconds(20));

    Renewal renewal = leases.renew(lease, Duration.ofSeconds(60));

    Lease renewed = new Lease("reindex", "a", lease.token(), START, later.plusSeconds(60));
    assertThat(renewal).isEqualTo(new Renewed(renewed));
    assertThat(renewal.renewed()).contains(renewed);
    assertThat(leases.find("reindex")).contains(renewed);
  }

  @Test
  void renewing_may_bring_the_expiry_forward() {
    Lease lease = acquire("reindex", "a");

    leases.renew(lease, Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(1));

    assertThat(leases.acquire("reindex", "b", TTL).granted()).isPresent();
  }

  @Test
  void renewing_works_one_millisecond_before_expiry() {
    Lease lease = acquire("reindex", "a");
    clock.advance(TTL.minusMillis(1));

    assertThat(leases.renew(lease, TTL).renewed()).isPresent();
  }

  @Test
  void a_lapsed_lease_is_lost_to_its_holder_even_without_a_successor() {
    Lease lease = acquire("reindex", "a");
    clock.advance(TTL);

    assertThat(leases.renew(lease, TTL)).isEqualTo(new Lost());
    assertThat(leases.renew(lease, TTL).renewed()).isEmpty();
    assertThat(leases.release(lease)).isFalse();
    clock.advance(Duration.ofMillis(-1));
    assertThat(leases.find("reindex")).contains(lease);
  }

  @Test
  void a_second_release_answers_false() {
    Lease lease = acquire("reindex", "a");

    assertThat(leases.release(lease)).isTrue();
    assertThat(leases.release(lease)).isFalse();
    assertThat(leases.renew(lease, TTL)).isEqualTo(new Lost());
  }

  @Test
  void a_released_lease_stays_released_whatever_the_clock_says() {
    Lease lease = acquire("reindex", "a");
    clock.advance(Duration.ofSeconds(2));
    assertThat(leases.release(lease)).isTrue();
    clock.advance(Duration.ofSeconds(-1));

    assertThat(leases.renew(lease, TTL)).isEqualTo(new Lost());
    assertThat(belay.write(tx -> leases.renew(tx, lease, TTL)).renewed()).isEmpty();
    assertThat(leases.release(lease)).isFalse();
    assertThat(leases.find("reindex")).isEmpty();
    assertThat(leases.list(null, 10)).isEmpty();
    assertThat(belay.stats().leases().value()).isZero();
    assertThat(leases.acquire("reindex", "b", TTL).granted()).isPresent();
  }

  @Test
  void of_a_lease_only_name_and_token_count() {
    Lease lease = acquire("reindex", "a");
    Lease remembered =
        new Lease("reindex", "somebody", lease.token(), Instant.EPOCH, Instant.EPOCH);
    clock.advance(Duration.ofSeconds(1));

    Lease renewed = leases.renew(remembered, TTL).renewed().orElseThrow();

    assertThat(renewed)
        .isEqualTo(new Lease("reindex", "a", lease.token(), START, START.plusSeconds(1).plus(TTL)));
    assertThat(leases.release(remembered)).isTrue();
  }

  @Test
  void names_are_apart() {
    Lease a = acquire("a", "x");
    Lease b = acquire("b", "x");
    Lease mixed = new Lease("a", "x", b.token(), START, START.plus(TTL));

    assertThat(leases.release(mixed)).isFalse();
    assertThat(leases.renew(mixed, TTL)).isEqualTo(new Lost());
    assertThat(leases.list(null, 10)).containsExactly(a, b);
  }

  @Test
  void readers_see_live_leases_only() {
    acquire("a", "x");
    clock.advance(Duration.ofSeconds(20));
    Lease live = acquire("b", "x");
    clock.advance(Duration.ofSeconds(10));

    assertThat(leases.find("a")).isEmpty();
    assertThat(leases.find("b")).contains(live);
    assertThat(leases.find("c")).isEmpty();
    assertThat(leases.list(null, 10)).containsExactly(live);
  }

  @Test
  void a_list_goes_page_by_page_in_the_order_of_code_points() {
    Lease supplementary = acquire("\uD83D\uDE00", "x");
    Lease b = acquire("b", "x");
    Lease a = acquire("a", "x");
    Lease privateUse = acquire("\uE000", "x");

    assertThat(leases.list(null, 2)).containsExactly(a, b);
    assertThat(leases.list("b", 2)).containsExactly(privateUse, supplementary);
    assertThat(leases.list("\uD83D\uDE00", 2)).isEmpty();
  }

  @Test
  void with_the_clock_set_back_a_lease_can_still_be_renewed() {
    Lease lease = acquire("reindex", "a");
    Instant back = clock.advance(Duration.ofHours(-1));

    Lease renewed = leases.renew(lease, TTL).renewed().orElseThrow();

    assertThat(renewed.expiresAt()).isEqualTo(back.plus(TTL));
    assertThat(leases.release(renewed)).isTrue();
  }

  @Test
  void a_clock_set_back_keeps_a_dead_grant_alive_but_never_makes_two_holders() {
    Lease lease = acquire("reindex", "a");
    clock.advance(TTL);
    clock.advance(Duration.ofHours(-1));

    assertThat(leases.acquire("reindex", "b", TTL))
        .isEqualTo(new Held("a", lease.token(), lease.expiresAt()));
  }

  @Test
  @NeedsSharing
  void tokens_strictly_increase_over_release_expiry_reopening_and_the_clock_set_back() {
    long released = acquire("reindex", "a").token();
    leases.release(leases.find("reindex").orElseThrow());
    long lapsed = acquire("reindex", "a").token();
    clock.advance(TTL);
    long takenOver = acquire("reindex", "a").token();
    leases.release(leases.find("reindex").orElseThrow());
    clock.advance(Duration.ofHours(-1));
    long setBack = acquire("reindex", "a").token();
    leases.release(leases.find("reindex").orElseThrow());
    leases = store.reopen().leases();
    long reopened = acquire("reindex", "a").token();

    assertThat(new long[] {released, lapsed, takenOver, setBack, reopened})
        .isSorted()
        .doesNotHaveDuplicates();
  }

  private Lease acquire(String name, String holder) {
    return leases.acquire(name, holder, TTL).granted().orElseThrow();
  }
}
