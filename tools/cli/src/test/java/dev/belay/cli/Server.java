package dev.belay.cli;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The PostgreSQL server of the tests, started with the first that needs it and stopped with the
 * JVM. Safe for use by many threads.
 */
final class Server {
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private Server() {}

  /** The server of this JVM. */
  private static final class Running {
    static final String URL = start();

    private static String start() {
      try {
        return EmbeddedPostgres.builder()
            .setServerConfig("log_min_messages", "fatal")
            .start()
            .getJdbcUrl("postgres", "postgres");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The URL of a new schema without tables. */
  static String newSchema() {
    String schema = "cli" + SCHEMAS.incrementAndGet();
    execute(Running.URL, "CREATE SCHEMA " + schema);
    return Running.URL + "&currentSchema=" + schema;
  }

  static void execute(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
