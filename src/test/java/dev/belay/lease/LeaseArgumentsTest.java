package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.store.StoreCorruptException;
import dev.belay.store.TextRule;
import dev.belay.store.Ttl;
import dev.belay.testing.ManualClock;
import dev.belay.testing.PlainSqlite;
import dev.belay.testing.TestOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What leases refuse before they touch the store, and in what they find there. */
class LeaseArgumentsTest {
  private static final Duration TTL = Duration.ofSeconds(30);
  private static final Instant START = ManualClock.START;

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

  @Test
  void a_stored_token_that_no_store_grants_is_corrupt() throws SQLException {
    acquire("reindex", "a");
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

  private Lease acquire(String name, String holder) {
    return leases.acquire(name, holder, TTL).granted().orElseThrow();
  }
}
