package dev.belay.kit.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.lease.Lease;
import dev.belay.lease.LeaseKeeper;
import dev.belay.lease.LeaseLostException;
import dev.belay.lease.Leases;
import dev.belay.session.SessionCommit;
import dev.belay.store.Tx;
import dev.belay.store.TxOutcome;
import dev.belay.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every verb in a transaction of the caller's. */
@OnEachForm
class LeasesTxTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  @RegisterExtension final StoreExtension store = StoreExtension.onEachForm().withManualClock();
  private final ManualClock clock = store.clock;
  private Belay belay;
  private Leases leases;
  private Lease lease;

  @BeforeEach
  void open_with_a_lease() {
    belay = store.belay();
    leases = belay.leases();
    lease = leases.acquire("reindex", "a", TTL).granted().orElseThrow();
  }

  @Test
  void readers_answer_alike_alone_in_a_read_and_in_a_write() {
    List<Object> alone = List.of(leases.find("reindex"), leases.list(null, 10));

    assertThat(belay.read(this::readings)).isEqualTo(alone);
    assertThat(belay.write(this::readings)).isEqualTo(alone);
    assertThat(belay.tx().call(this::readings)).isEqualTo(alone);
  }

  @Test
  void a_name_changes_hands_within_one_transaction() {
    Lease next =
        belay.write(
            tx -> {
              leases.release(tx, lease);
              return leases.acquire(tx, "reindex", "b", TTL).granted().orElseThrow();
            });

    assertThat(leases.find("reindex")).contains(next);
    assertThat(next.token()).isGreaterThan(lease.token());
  }

  @Test
  void a_grant_that_is_rolled_back_has_not_happened() {
    Lease never =
        belay
            .tx()
            .writeFlow(
                tx ->
                    TxOutcome.rollback(
                        leases.acquire(tx, "other", "a", TTL).granted().orElseThrow()));
    boolean released = belay.tx().writeFlow(tx -> TxOutcome.rollback(leases.release(tx, lease)));

    assertThat(released).isTrue();
    assertThat(leases.list(null, 10)).containsExactly(lease);
    assertThat(leases.release(never)).isFalse();
    assertThat(leases.acquire("other", "a", TTL).granted().orElseThrow().token())
        .isGreaterThan(never.token());
  }

  @Test
  void a_write_that_requires_a_live_lease_commits() {
    belay.useWrite(
        tx -> {
          leases.require(tx, lease);
          belay.sessions().commit(tx, SessionCommit.to("s", 0)).orThrow();
        });

    assertThat(belay.sessions().find("s")).isPresent();
  }

  @Test
  void a_write_that_requires_a_lapsed_lease_rolls_back() {
    clock.advance(TTL);

    assertThatExceptionOfType(LeaseLostException.class)
        .isThrownBy(
            () ->
                belay.useWrite(
                    tx -> {
                      belay.sessions().commit(tx, SessionCommit.to("s", 0)).orThrow();
                      leases.require(tx, lease);
                    }))
        .satisfies(e -> assertThat(e.lease()).isEqualTo(lease))
        .withMessageContaining("reindex")
        .withMessageContaining(Long.toString(lease.token()));
    assertThat(belay.sessions().find("s")).isEmpty();
  }

  @Test
  void a_renewal_in_the_same_transaction_counts() {
    clock.advance(TTL.minusMillis(1));

    Lease renewed =
        belay.write(
            tx -> {
              Lease later = leases.renew(tx, lease, TTL).renewed().orElseThrow();
              leases.require(tx, lease);
              return later;
            });

    clock.advance(Duration.ofMillis(1));
    assertThat(leases.find("reindex")).contains(renewed);
  }

  @Test
  void writers_refuse_a_tx_that_cannot_write() {
    Consumer<Tx> refused =
        tx -> {
          cannotWrite("acquire", () -> leases.acquire(tx, "n", "a", TTL));
          cannotWrite("renew", () -> leases.renew(tx, lease, TTL));
          cannotWrite("release", () -> leases.release(tx, lease));
        };

    belay.useRead(refused::accept);
    belay
        .tx()
        .call(
            tx -> {
              refused.accept(tx);
              return true;
            });
  }

  @Test
  void every_verb_refuses_the_tx_of_another_store() {
    try (Belay other = store.fresh()) {
      other.useWrite(
          tx -> {
            refuses("acquire", () -> leases.acquire(tx, "n", "a", TTL));
            refuses("renew", () -> leases.renew(tx, lease, TTL));
            refuses("release", () -> leases.release(tx, lease));
            refuses("require", () -> leases.require(tx, lease));
            refuses("find", () -> leases.find(tx, "n"));
            refuses("list", () -> leases.list(tx, null, 1));
          });
    }
  }

  @Test
  void a_verb_without_a_tx_is_refused_inside_a_body() {
    AtomicReference<LeaseKeeper> kept = new AtomicReference<>();
    belay.useWrite(
        tx -> {
          inside(() -> leases.acquire("n", "a", TTL));
          inside(() -> leases.renew(lease, TTL));
          inside(() -> leases.release(lease));
          inside(() -> leases.find("n"));
          inside(() -> leases.list(null, 1));
          inside(() -> kept.set(leases.keep(lease, TTL, lost -> {})));
        });
    assertThat(kept).hasValue(null);
  }

  private List<Object> readings(Tx tx) {
    return List.of(leases.find(tx, "reindex"), leases.list(tx, null, 10));
  }

  private static void inside(Runnable call) {
    assertThatIllegalStateException().isThrownBy(call::run).withMessageContaining("Tx");
  }

  private static void cannotWrite(String verb, Runnable call) {
    assertThatIllegalStateException().isThrownBy(call::run).withMessageContaining("Leases." + verb);
  }

  private static void refuses(String verb, Runnable call) {
    assertThatIllegalArgumentException()
        .isThrownBy(call::run)
        .withMessageContaining("Leases." + verb);
  }
}
