package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.engine.line.Callbacks;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: a commit is looked up until the busy timeout, also while no connection can be had. */
class PgCommitLookupTest {
  private static final String ROLE = "lookup_limited";

  @BeforeEach
  void create() {
    Server.execute(Server.url(), "CREATE ROLE " + ROLE + " LOGIN CONNECTION LIMIT 0");
  }

  @AfterEach
  void drop() {
    Server.execute(Server.url(), "DROP ROLE " + ROLE);
  }

  @Test
  void a_server_without_a_free_connection_is_asked_again() throws SQLException {
    String limited = Server.url().replace("user=postgres", "user=" + ROLE);
    AtomicInteger tries = new AtomicInteger();
    PgSource source =
        () -> DriverManager.getConnection(tries.incrementAndGet() < 3 ? limited : Server.url());

    assertThat(new PgCommitLookup(parts(source)).lasted(committed())).isTrue();
    assertThat(tries).hasValue(3);
  }

  private static PgParts parts(PgSource source) {
    return new PgParts(
        source,
        new PgFailures("the store"),
        null,
        null,
        new Callbacks(),
        new PgClock(),
        null,
        TimeUnit.MINUTES.toNanos(1),
        () -> {},
        null);
  }

  private static PgBegin.Begun committed() throws SQLException {
    try (Connection connection = DriverManager.getConnection(Server.url());
        Statement statement = connection.createStatement()) {
      String life = PgBegin.life(statement);
      try (ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
        row.next();
        return new PgBegin.Begun(row.getString(1), 0, life, 0, 0);
      }
    }
  }
}
