package dev.belay.benchmarks.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The server of all measurements, started with the first that needs it and stopped with the JVM;
 * its data lies where {@code java.io.tmpdir} says. {@code -Dbenchmark.postgres=jdbc:…} names one
 * that runs already. Safe for use by many threads.
 *
 * <p>It keeps its promises (fsync, full pages) and has room for the log of a measurement, so that
 * none meets a checkpoint that another has caused. All else is as PostgreSQL comes.
 */
final class Server {
  private static final String GIVEN = System.getProperty("benchmark.postgres", "");

  private Server() {}

  /** The server of this JVM. */
  private static final class Running {
    static final String URL = start();

    private static String start() {
      try {
        EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setServerConfig("max_connections", "400")
                .setServerConfig("shared_buffers", "256MB")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("log_min_messages", "fatal")
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start();
        return server.getJdbcUrl("postgres", "postgres");
      } catch (IOException e) {
        throw new UncheckedIOException("no server could be started", e);
      }
    }
  }

  /** The URL of its database, with a parameter at its end. */
  static String url() {
    if (GIVEN.isEmpty()) {
      return Running.URL;
    }
    return GIVEN + (GIVEN.contains("?") ? "&" : "?") + "ApplicationName=belay-benchmarks";
  }

  /** Its version, as it says it. */
  static String version() throws SQLException {
    return text(url(), "SHOW server_version");
  }

  /** The first column of the first row of a query. */
  static String text(String url, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Runs statements, each by itself. */
  static void execute(String url, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
