package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.lease.Renewal.Lost;
import dev.belay.testing.ManualClock;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A holder who does not know that its lease has lapsed.
 *
 * <p>Goal: it changes nothing. Method: A acquires, the lease lapses, B acquires, who has another
 * name or A's own; then each of A's verbs, and the rows before and after.
 */
class StaleLeaseTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  private final ManualClock clock = new ManualClock();
  @TempDir Path dir;
  private Path file;
  private Belay belay;
  private Leases leases;

  @BeforeEach
  void open() {
    file = dir.resolve("belay.db");
    belay = Belay.open(file, TestOptions.defaults().withClock(clock));
    leases = belay.leases();
  }

  @AfterEach
  void close() {
    belay.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "a"})
  void each_of_its_verbs_says_so_and_changes_no_column(String successor) throws SQLException {
    Lease stale = leases.acquire("reindex", "a", TTL).granted().orElseThrow();
    clock.advance(TTL);
    Lease live = leases.acquire("reindex", successor, TTL).granted().orElseThrow();
    clock.advance(Duration.ofSeconds(1));
    List<String> rows = rows();

    assertThat(leases.renew(stale, TTL)).isEqualTo(new Lost());
    assertThat(leases.release(stale)).isFalse();
    assertThatThrownBy(() -> belay.useWrite(tx -> leases.require(tx, stale)))
        .isInstanceOf(LeaseLostException.class);

    assertThat(rows()).isEqualTo(rows);
    assertThat(leases.find("reindex")).contains(live);
    assertThat(leases.renew(live, TTL).renewed()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"b", "a"})
  void its_release_never_frees_a_successor_of_a_released_lease(String successor)
      throws SQLException {
    Lease stale = leases.acquire("reindex", "a", TTL).granted().orElseThrow();
    leases.release(stale);
    leases.acquire("reindex", successor, TTL);
    List<String> rows = rows();

    assertThat(leases.release(stale)).isFalse();
    assertThat(leases.renew(stale, TTL)).isEqualTo(new Lost());
    assertThat(rows()).isEqualTo(rows);
  }

  private List<String> rows() throws SQLException {
    return PlainSqlite.rows(
        file,
        "SELECT name, holder, token, acquired_at_ms, expires_at_ms FROM belay_lease"
            + " UNION ALL SELECT name, '', value, 0, 0 FROM belay_counter");
  }
}
