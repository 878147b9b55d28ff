package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreCorruptException;
import dev.belay.testing.ManualClock;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The rows of leases: a lapsed one is kept for its successor, but not for ever, and one that no
 * store writes is told.
 */
class LeaseRetentionTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  @RegisterExtension
  final StoreExtension store = StoreExtension.on(SqliteEngine.FILE).withManualClock();

  private final ManualClock clock = store.clock;
  private Path file;
  private Belay belay;
  private Leases leases;

  @BeforeEach
  void open() {
    file = Path.of(store.address());
    belay = store.belay();
    leases = belay.leases();
  }

  @Test
  void a_lapsed_lease_is_remembered_up_to_the_retention() throws SQLException {
    acquire("old");
    clock.advance(TTL.plus(Leases.RETENTION).minusMillis(1));
    acquire("new");

    assertThat(rows()).isEqualTo(2);
  }

  @Test
  void a_lease_lapsed_for_the_retention_goes_with_the_next_grant_of_a_new_name()
      throws SQLException {
    acquire("old");
    clock.advance(TTL.plus(Leases.RETENTION));
    acquire("new");

    assertThat(rows()).isEqualTo(1);
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
  void one_grant_forgets_a_bounded_number_the_longest_lapsed_first() throws SQLException {
    for (int i = 0; i < 40; i++) {
      acquire("old" + i);
      clock.advance(Duration.ofMillis(1));
    }
    clock.advance(TTL.plus(Leases.RETENTION));

    acquire("new1");
    assertThat(rows()).isEqualTo(40 - Leases.FORGET_MAX + 1);
    assertThat(PlainSqlite.row(file, "SELECT count(*) FROM belay_lease WHERE name = 'old15'"))
        .isEqualTo("0");
    assertThat(PlainSqlite.row(file, "SELECT count(*) FROM belay_lease WHERE name = 'old16'"))
        .isEqualTo("1");
    acquire("new2");
    acquire("new3");
    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void live_leases_are_never_forgotten() throws SQLException {
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
    clock.set(ManualClock.START);

    assertThat(acquire("old").token()).isGreaterThan(old.token());
  }

  @Test
  void a_stored_token_that_no_store_grants_is_corrupt() throws SQLException {
    acquire("reindex");
    try (Connection connection = PlainSqlite.connect(file)) {
      PlainSqlite.execute(
          connection, "PRAGMA ignore_check_constraints = ON", "UPDATE belay_lease SET token = -1");
    }

    assertThatThrownBy(() -> leases.find("reindex"))
        .isInstanceOf(StoreCorruptException.class)
        .hasMessageContaining("lease 'reindex'")
        .hasMessageContaining("-1");
    assertThatThrownBy(() -> leases.acquire("reindex", "b", TTL))
        .isInstanceOf(StoreCorruptException.class);
  }

  private Lease acquire(String name) {
    return leases.acquire(name, "a", TTL).granted().orElseThrow();
  }

  private int rows() throws SQLException {
    return Integer.parseInt(PlainSqlite.row(file, "SELECT count(*) FROM belay_lease"));
  }
}
