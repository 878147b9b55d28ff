package dev.belay.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.kit.StoreExtension;
import dev.belay.sqlite.SqliteEngine;
import dev.belay.store.StoreCorruptException;
import dev.belay.testing.PlainSqlite;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: what no store has written is not taken for a lease. */
class CorruptLeaseTest {
  private static final Duration TTL = Duration.ofSeconds(30);

  @RegisterExtension final StoreExtension store = StoreExtension.on(SqliteEngine.FILE);

  @Test
  void a_stored_token_that_no_store_grants_is_corrupt() throws SQLException {
    Leases leases = store.belay().leases();
    assertThat(leases.acquire("reindex", "a", TTL).granted()).isPresent();
    try (Connection connection = store.connect()) {
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
}
