package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.kit.Sql;
import dev.belay.queue.NewWork;
import dev.belay.store.StoreBusyException;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.LogProbe;
import dev.belay.testing.Notes;
import dev.belay.testing.OwnServer;
import dev.belay.testing.Patience;
import dev.belay.testing.TestOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** Goal: what the server says at COMMIT, or before it, reaches the caller or the log. */
class PgCommitTest {
  private static final String CANCEL_WAITS =
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

  @Test
  void a_commit_whose_wait_for_a_standby_was_cancelled_is_reported() throws Exception {
    try (OwnServer server = new OwnServer();
        Belay belay =
            Belay.openPostgres(server.url(), TestOptions.defaults().withCommitGroupMax(1))) {
      Notes.create(belay, PostgresEngine.SCHEMA.sql(Sql.CREATE_NOTES));
      server.execute("ALTER SYSTEM SET synchronous_standby_names = 'ghost'");
      server.execute("SELECT pg_reload_conf()");
      Patience.until(
          "the server has read its settings",
          () -> Server.query(server.url(), "SHOW synchronous_standby_names").contains("ghost"));
      assertReported(server, () -> belay.useWrite(tx -> Notes.add(tx, "here")));
      assertReported(server, () -> belay.queue("q").enqueue(NewWork.of("in a group")));

      assertThat(Notes.all(belay)).containsExactly("here");
      assertThat(belay.queue("q").stats().ready()).isEqualTo(1);
      server.execute("ALTER SYSTEM RESET synchronous_standby_names");
      server.execute("SELECT pg_reload_conf()");
    }
  }

  /** Cancels the waits for a standby until the commit has returned. */
  private static void assertReported(OwnServer server, Runnable commit) throws Exception {
    try (LogProbe log = LogProbe.recording()) {
      CompletableFuture<Void> committing = CompletableFuture.runAsync(commit, LaterThreads.EACH);
      Patience.until(
          "the commit returns",
          () -> {
            Server.execute(server.url(), CANCEL_WAITS);
            return committing.isDone();
          });

      Patience.get(committing);
      assertThat(log.warnings())
          .filteredOn(warning -> warning.contains("COMMIT returned with a warning (01000)"))
          .hasSize(1)
          .allSatisfy(warning -> assertThat(warning).contains("not on a standby"));
    }
  }

  @Test
  void a_lock_that_another_transaction_holds_past_the_busy_timeout_is_a_busy_store()
      throws Exception {
    String url = Server.newStore();
    try (Belay belay =
            Belay.openPostgres(
                url,
                TestOptions.defaults()
                    .withCommitGroupMax(1)
                    .withBusyTimeout(Duration.ofMillis(200)));
        Connection other = DriverManager.getConnection(url);
        Statement statement = other.createStatement()) {
      Notes.create(belay, PostgresEngine.SCHEMA.sql(Sql.CREATE_NOTES));
      belay.useWrite(tx -> Notes.add(tx, "n"));
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE note IN EXCLUSIVE MODE");

      assertThatThrownBy(() -> belay.useWrite(tx -> Notes.add(tx, "late")))
          .isInstanceOf(StoreBusyException.class)
          .hasMessageContaining("another transaction held a lock past the busy timeout");

      other.rollback();
      belay.useWrite(tx -> Notes.add(tx, "after"));
      assertThat(Notes.all(belay)).containsExactly("n", "after");
    }
    Server.drop(url);
  }

  @Test
  void a_body_that_ends_its_transaction_on_the_drivers_own_connection_gets_an_exception() {
    String url = Server.newStore();
    try (Belay belay = Belay.openPostgres(url, TestOptions.defaults().withCommitGroupMax(1))) {
      Notes.create(belay, PostgresEngine.SCHEMA.sql(Sql.CREATE_NOTES));
      for (String end : List.of("COMMIT", "ROLLBACK")) {
        assertThatIllegalStateException()
            .isThrownBy(
                () ->
                    belay.useWrite(
                        tx -> {
                          Notes.add(tx, end);
                          byHand(tx.handle().getConnection(), end);
                        }))
            .withMessageContaining("by hand");
      }

      assertThat(Notes.all(belay)).containsExactly("COMMIT");
    }
    Server.drop(url);
  }

  private static void byHand(Connection connection, String sql) throws Exception {
    try (Statement statement =
        ((Connection) connection.unwrap(PGConnection.class)).createStatement()) {
      statement.execute(sql);
    }
  }
}
