package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.LaterThreads;
import dev.belay.testing.Patience;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Goal: a store closes though a server answers no more. Method: the process of the server that
 * sends the notifications is stopped.
 */
class PgWatchTest {
  private static final String PID =
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'watch' AND query LIKE '%notify%'";

  private final List<Connection> opened = new CopyOnWriteArrayList<>();
  private String url;

  @BeforeEach
  void create() {
    url = Server.newSchema();
  }

  @AfterEach
  void drop() {
    Server.drop(url);
  }

  @Test
  void close_returns_and_ends_a_connection_that_gets_no_answer() throws Exception {
    PgWatch watch = new PgWatch(this::open, "the store", "belay_watch_test");
    watch.committed();
    Patience.until("it has sent one", () -> !Server.query(url, PID).isEmpty());
    String pid = Server.query(url, PID).get(0);
    signal("-STOP", pid);
    try {
      watch.committed();
      Patience.get(CompletableFuture.runAsync(watch::close, LaterThreads.EACH));

      assertThat(opened).hasSize(1);
      Patience.until("its connection is closed", () -> isClosed(opened.get(0)));
    } finally {
      signal("-CONT", pid);
    }
  }

  private Connection open() throws java.sql.SQLException {
    Connection connection = DriverManager.getConnection(url + "&ApplicationName=watch");
    opened.add(connection);
    return connection;
  }

  private static boolean isClosed(Connection connection) {
    try {
      return connection.isClosed();
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void signal(String signal, String pid) throws Exception {
    assertThat(new ProcessBuilder("kill", signal, pid).inheritIO().start().waitFor()).isZero();
  }
}
