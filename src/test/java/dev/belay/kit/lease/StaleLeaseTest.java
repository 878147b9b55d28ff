package dev.belay.kit.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.lease.LeaseLostException;
import dev.belay.lease.Leases;
import dev.belay.lease.Renewal.Lost;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A holder that does not know that its lease has lapsed.
 *
 * <p>Goal: it changes nothing. Method: A acquires, the lease lapses, B acquires under another name
 * or A's own; then each of A's verbs, and all leases before and after.
 */
@OnEachForm
class StaleLeaseTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();
  private final ManualClock clock = store.clock;
  private Belay belay;
  private Leases leases;

  @BeforeEach
  void open() {
    belay = store.belay();
    leases = belay.leases();
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "a"})
  void each_of_its_verbs_says_so_and_changes_nothing(String successor) {
    Lease stale = leases.acquire("reindex", "a", TTL).granted().orElseThrow();
    clock.advance(TTL);
    Lease live = leases.acquire("reindex", successor, TTL).granted().orElseThrow();
    clock.advance(Duration.ofSeconds(1));
    List<Lease> all = all();

    assertThat(leases.renew(stale, TTL)).isEqualTo(new Lost());
    assertThat(leases.release(stale)).isFalse();
    assertThatThrownBy(() -> belay.useWrite(tx -> leases.require(tx, stale)))
        .isInstanceOf(LeaseLostException.class);

    assertThat(all()).isEqualTo(all);
    assertThat(leases.find("reindex")).contains(live);
    assertThat(leases.renew(live, TTL).renewed()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "a"})
  void its_release_never_frees_a_successor_of_a_released_lease(String successor) {
    Lease stale = leases.acquire("reindex", "a", TTL).granted().orElseThrow();
    leases.release(stale);
    leases.acquire("reindex", successor, TTL);
    List<Lease> all = all();

    assertThat(leases.release(stale)).isFalse();
    assertThat(leases.renew(stale, TTL)).isEqualTo(new Lost());
    assertThat(all()).isEqualTo(all);
  }

  private List<Lease> all() {
    return leases.list(null, 10);
  }
}
