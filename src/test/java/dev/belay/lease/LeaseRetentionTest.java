package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.StoreExtension;
import dev.belay.session.SessionCommit;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreCorruptException;
import dev.belay.testing.LogProbe;
import dev.belay.testing.ManualClock;
import dev.belay.testing.Patience;
import dev.belay.testing.PlainSqlite;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void one_grant_has_all_deleted_that_lapsed_for_the_retention() throws SQLException {
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
        "CREATE TABLE app (l TEXT REFERENCES belay_lease(name) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER t BEFORE DELETE ON belay_lease WHEN old.name LIKE 'kept%'"
            + " BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER t BEFORE DELETE ON belay_lease WHEN old.name LIKE 'kept%'"
            + " BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
        "CREATE TRIGGER t BEFORE DELETE ON belay_lease WHEN old.name LIKE 'kept%'"
            + " BEGIN SELECT RAISE(IGNORE); END"
      })
  void a_lease_that_the_database_keeps_hinders_no_grant_and_no_other_deletion(String schema)
      throws SQLException {
    belay.useWrite(tx -> tx.handle().execute(schema));
    for (String name : List.of("a", "kept1", "b", "kept2", "c")) {
      acquire(name);
      if (name.startsWith("kept") && schema.contains("TABLE")) {
        belay.useWrite(tx -> tx.handle().execute("INSERT INTO app VALUES (?)", name));
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
        "CREATE TABLE app (l TEXT REFERENCES belay_lease(name) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER t BEFORE DELETE ON belay_lease BEGIN SELECT RAISE(ABORT, 'no'); END"
      })
  void a_lease_that_the_database_keeps_is_released_by_its_expiry(String schema) {
    belay.useWrite(tx -> tx.handle().execute(schema));
    boolean deferred = schema.contains("DEFERRED");
    Lease lease = acquireReferenced(schema);

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

  private Lease acquireReferenced(String schema) {
    Lease lease = leases.acquire("l", "h", TTL).granted().orElseThrow();
    if (schema.contains("TABLE")) {
      belay.useWrite(tx -> tx.handle().execute("INSERT INTO app VALUES ('l')"));
    }
    return lease;
  }

  private void awaitRows(int expected) {
    Patience.until(
        expected + " rows",
        () -> {
          try {
            return rows() == expected;
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
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
    awaitRows(1);
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
