package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreInterruptedException;
import dev.belay.testing.LaterThreads;
import dev.belay.testing.Patience;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: the wait for another process that migrates has an end. Method: a connection of the test has
 * the lock that such a process has.
 */
class MigrationLockTest {
  private String url;
  private Connection migrating;

  @BeforeEach
  void lock() throws SQLException {
    url = Server.newSchema();
    migrating = DriverManager.getConnection(url + "&ApplicationName=slow");
    migrating.setAutoCommit(false);
    try (PreparedStatement lock =
        migrating.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, ?))")) {
      lock.setString(1, Server.schemaOf(url));
      lock.setLong(2, PgSchema.LOCK_SPACE);
      lock.execute();
    }
  }

  @AfterEach
  void drop() throws SQLException {
    migrating.close();
    Server.drop(url);
  }

  private static BelayOptions waiting(Duration busyTimeout) {
    return BelayOptions.defaults().withBusyTimeout(busyTimeout);
  }

  @Test
  void an_open_waits_for_the_busy_timeout_and_names_the_process_that_migrates() throws Exception {
    int pid = migrating.unwrap(org.postgresql.PGConnection.class).getBackendPID();

    assertThatThrownBy(() -> Belay.openPostgres(url, waiting(Duration.ofMillis(200))).close())
        .isInstanceOf(StoreBusyException.class)
        .hasMessageContaining("process " + pid + " of the server (slow, 127.0.0.1)");

    assertThat(Server.query(url, "SELECT to_regclass('belay_work')")).containsExactly("null");
    migrating.rollback();
    Belay.openPostgres(url).close();
  }

  @Test
  void an_open_that_waits_goes_on_when_the_other_process_has_migrated() throws Exception {
    CompletableFuture<Belay> opening =
        CompletableFuture.supplyAsync(
            () -> Belay.openPostgres(url, waiting(Patience.LIMIT)), LaterThreads.EACH);
    awaitWaiting();
    assertThat(opening).isNotDone();

    migrating.rollback();

    Patience.get(opening).close();
  }

  @Test
  void an_open_that_waits_can_be_interrupted() throws Exception {
    CompletableFuture<Belay> opened = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread opening =
        new Thread(
            () -> {
              try {
                opened.complete(Belay.openPostgres(url, waiting(Patience.LIMIT)));
              } catch (Throwable e) {
                interrupted.complete(Thread.currentThread().isInterrupted());
                opened.completeExceptionally(e);
              }
            });
    opening.start();
    awaitWaiting();

    opening.interrupt();

    assertThatThrownBy(() -> Patience.get(opened))
        .hasCauseInstanceOf(StoreInterruptedException.class);
    assertThat(Patience.get(interrupted)).isTrue();
  }

  /** Waits until the thread that opens has found the lock taken. */
  private void awaitWaiting() {
    Patience.until(
        "the lock has been found taken",
        () ->
            !Server.query(
                    url,
                    "SELECT pid FROM pg_stat_activity WHERE application_name = 'belay'"
                        + " AND state = 'idle in transaction'"
                        + " AND query LIKE '%pg_try_advisory_xact_lock%'")
                .isEmpty());
  }
}
