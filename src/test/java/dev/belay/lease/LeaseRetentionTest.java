package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.kit.OnEachForm;
import dev.belay.kit.StoreExtension;
import dev.belay.session.SessionCommit;
import dev.belay.testing.LogProbe;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of leases: a lapsed one is kept for its successor, but not for ever, and one that no
 * store writes is told.
 */
@OnEachForm
class LeaseRetentionTest {
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

  @Test
  void a_lapsed_lease_is_remembered_up_to_the_retention() {
    acquire("old");
    clock.advance(TTL.plus(Leases.RETENTION).minusMillis(1));
    acquire("new");

    assertThat(rows()).isEqualTo(2);
  }

  @Test
  void a_lease_lapsed_for_the_retention_goes_with_the_next_grant_of_a_new_name() {
    acquire("old");
    clock.advance(TTL.plus(Leases.RETENTION));
    acquire("new");

    awaitRows(1);
    assertThat(leases.find("new")).isPresent();
  }

  @Test
  void a_name_asked_for_at_last_still_tells_whom_it_displaces() {
    Lease old = acquire("old");
    clock.advance(TTL.plus(Leases.RETENTION).multipliedBy(2));

    Acquisition.Granted granted = (Acquisition.Granted) leases.acquire("old", "b", TTL);

    assertThat(granted.displaced()).isEqualTo(new Displaced("a", old.token(), old.expiresAt()));
  }

  @Test
  void one_grant_has_all_deleted_that_lapsed_for_the_retention() {
    for (int i = 0; i < 2 * LapsedLeases.BATCH_MAX + 40; i++) {
      acquire("old" + i);
    }
    clock.advance(TTL.plus(Leases.RETENTION));

    acquire("new");

    awaitRows(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE app (l TEXT NOT NULL REFERENCES belay_lease(name))",
        "CREATE TABLE app (l TEXT NOT NULL REFERENCES belay_lease(name) ON DELETE RESTRICT)",
        "CREATE TABLE app (l TEXT NOT NULL REFERENCES belay_lease(name) ON DELETE SET NULL)",
        "CREATE TABLE app (l TEXT REFERENCES belay_lease(name) DEFERRABLE INITIALLY DEFERRED)"
      })
  void a_lease_that_a_row_keeps_hinders_no_grant_and_no_other_deletion(String schema) {
    belay.useWrite(tx -> tx.handle().execute(schema));
    hindersNoOther(
        name -> belay.useWrite(tx -> tx.handle().execute("INSERT INTO app VALUES (?)", name)));
  }

  @Test
  void a_lease_that_a_trigger_keeps_hinders_no_grant_and_no_other_deletion() {
    store.refuse("DELETE", "belay_lease", "OLD.name LIKE 'kept%'");
    hindersNoOther(name -> {});
  }

  @Test
  void a_lease_whose_deletion_a_trigger_skips_hinders_no_grant_and_no_other_deletion() {
    store.ignore("DELETE", "belay_lease", "OLD.name LIKE 'kept%'");
    hindersNoOther(name -> {});
  }

  private void hindersNoOther(Consumer<String> keep) {
    for (String name : List.of("a", "kept1", "b", "kept2", "c")) {
      acquire(name);
      if (name.startsWith("kept")) {
        keep.accept(name);
      }
      clock.advance(Duration.ofMillis(1));
    }
    clock.advance(TTL.plus(Leases.RETENTION));

    try (LogProbe log = LogProbe.recording()) {
      assertThat(acquire("new").token()).isPositive();
      assertThat(acquire("another").token()).isPositive();

      awaitRows(4);
      Patience.until(
          "what is kept is named",
          () -> log.warnings().stream().anyMatch(text -> text.contains("[kept1, kept2]")));
    }
    assertThat(leases.find("new")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE app (l TEXT NOT NULL REFERENCES belay_lease(name))",
        "CREATE TABLE app (l TEXT NOT NULL REFERENCES belay_lease(name) ON DELETE SET NULL)",
        "CREATE TABLE app (l TEXT REFERENCES belay_lease(name) DEFERRABLE INITIALLY DEFERRED)"
      })
  void a_lease_that_a_row_keeps_is_released_by_its_expiry(String schema) {
    belay.useWrite(tx -> tx.handle().execute(schema));
    boolean deferred = schema.contains("DEFERRED");
    Lease lease = acquireReferenced();

    assertThat(leases.release(lease)).isTrue();
    assertThat(leases.find("l")).isEmpty();
    assertThat(leases.release(lease)).isFalse();

    if (!deferred) { // the caller's own transaction ends with its own constraint
      Lease again = leases.acquire("l", "h", TTL).granted().orElseThrow();
      boolean released = belay.write(tx -> leases.release(tx, again));
      assertThat(released).isTrue();
      Lease inCommit = leases.acquire("l", "h", TTL).granted().orElseThrow();
      belay.sessions().commit(SessionCommit.to("s").releasing(inCommit)).orThrow();
      assertThat(leases.find("l")).isEmpty();
    }
  }

  private Lease acquireReferenced() {
    Lease lease = leases.acquire("l", "h", TTL).granted().orElseThrow();
    belay.useWrite(tx -> tx.handle().execute("INSERT INTO app VALUES ('l')"));
    return lease;
  }

  private void awaitRows(int expected) {
    Patience.until(expected + " rows", () -> rows() == expected);
  }

  @Test
  void live_leases_are_never_forgotten() {
    Lease long1 = leases.acquire("long", "a", Duration.ofDays(365)).granted().orElseThrow();
    clock.advance(Leases.RETENTION.multipliedBy(2));
    acquire("new");

    assertThat(leases.find("long")).contains(long1);
  }

  @Test
  void a_lease_that_was_forgotten_gives_its_token_to_no_other() {
    Lease old = acquire("old");
    clock.advance(TTL.plus(Leases.RETENTION));
    acquire("new");
    awaitRows(1);
    clock.set(ManualClock.START);

    assertThat(acquire("old").token()).isGreaterThan(old.token());
  }

  private Lease acquire(String name) {
    return leases.acquire(name, "a", TTL).granted().orElseThrow();
  }

  private int rows() {
    return Integer.parseInt(store.rows("SELECT count(*) FROM belay_lease").get(0));
  }
}
