package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Belay;
import dev.belay.queue.NewWork;
import dev.belay.testing.Patience;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/**
 * Goal: a commit of one store wakes what waits in another, by its notification and without it.
 * Method: stores of two handles, which tell each other apart as processes do; one of them hears no
 * notification. Times are compared with each other, never with a number.
 */
class OtherProcessWakesTest {
  private static final int ROUNDS = 11;

  private String url;

  @BeforeEach
  void create() {
    url = Server.newStore();
  }

  @AfterEach
  void drop() {
    Server.drop(url);
  }

  @Test
  void a_notification_wakes_sooner_than_looks_and_looks_wake_too() throws Exception {
    long heardNanos = 0;
    long unheardNanos = 0;
    try (Belay enqueuing = Belay.openPostgres(url);
        Belay hearing = Belay.openPostgres(url);
        Belay deaf = Belay.openPostgres(CountedSource.deaf(url))) {
      for (int i = 0; i < ROUNDS; i++) {
        heardNanos += OtherStoreWakes.check(hearing, enqueuing);
        unheardNanos += OtherStoreWakes.check(deaf, enqueuing);
      }
    }
    assertThat(2 * heardNanos).isLessThan(unheardNanos);
  }

  @Test
  void both_outlive_the_loss_of_every_connection() throws Exception {
    try (Belay enqueuing = Belay.openPostgres(url + "&ApplicationName=enqueuing");
        Belay waiting = Belay.openPostgres(url + "&ApplicationName=waiting")) {
      OtherStoreWakes.check(waiting, enqueuing);
      for (int i = 0; i < 3; i++) {
        terminate("waiting", "TRUE");
        OtherStoreWakes.check(waiting, enqueuing);
        terminate("enqueuing", "TRUE");
        OtherStoreWakes.check(waiting, enqueuing);
      }
      assertThat(listening()).isPositive();
    }
    Patience.until("no connection is left", () -> count("application_name = 'waiting'") == 0);
  }

  @Test
  void a_listener_that_lost_its_connection_listens_again() throws Exception {
    try (Belay enqueuing = Belay.openPostgres(url);
        Belay waiting = Belay.openPostgres(url + "&ApplicationName=waiting")) {
      Thread waiter =
          new Thread(
              () -> {
                try {
                  waiting.queue("q").claim("w", Patience.LIMIT, 1, Patience.LIMIT);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      waiter.start();
      Patience.until("it listens", () -> listening() == 1);
      assertThat(terminate("waiting", "query LIKE 'LISTEN%'")).isEqualTo(1);
      Patience.until("it listens again", () -> listening() == 1);
      enqueuing.queue("q").enqueue(NewWork.of("p"));
      Patience.join(waiter);
    }
  }

  @Test
  void a_notification_that_was_lost_with_its_connection_is_sent_again() throws Exception {
    try (Belay enqueuing = Belay.openPostgres(url + "&ApplicationName=enqueuing");
        Connection listening = DriverManager.getConnection(url);
        Statement statement = listening.createStatement()) {
      statement.execute("LISTEN \"" + PgServer.ask(listening).channel() + '"');
      assertThat(enqueuing.queue("q").enqueue(NewWork.of("p"))).isNotNull();
      awaitNotification(listening);
      Patience.until(
          "it has been sent", () -> terminate("enqueuing", "query LIKE '%pg_notify%'") > 0);

      assertThat(enqueuing.queue("q").enqueue(NewWork.of("p"))).isNotNull();

      awaitNotification(listening);
    }
  }

  private static void awaitNotification(Connection listening) throws SQLException {
    Patience patience = Patience.begin();
    PGConnection notified = listening.unwrap(PGConnection.class);
    while (notified.getNotifications(100).length == 0) {
      patience.check(() -> "a notification");
    }
  }

  private int listening() {
    return count("application_name = 'waiting' AND query LIKE 'LISTEN%'");
  }

  private static int count(String condition) {
    return Integer.parseInt(
        Server.query(Server.url(), "SELECT count(*) FROM pg_stat_activity WHERE " + condition)
            .get(0));
  }

  private static int terminate(String application, String condition) {
    return Server.query(
            Server.url(),
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                + " WHERE application_name = '"
                + application
                + "' AND "
                + condition)
        .size();
  }
}
