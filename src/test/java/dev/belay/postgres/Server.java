package dev.belay.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    static final EmbeddedPostgres SERVER = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder()
            .setServerConfig("max_connections", "400")
            .setServerConfig("shared_buffers", "64MB")
            .setServerConfig("log_min_messages", "fatal")
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The URL of its database, without a schema. */
  static String url() {
    return Running.SERVER.getJdbcUrl("postgres", "postgres");
  }

  /** The URL of a new schema without tables. */
  static String newSchema() {
    String schema = "s" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
    execute(url(), "CREATE SCHEMA " + schema);
    return url() + "&currentSchema=" + schema;
  }

  /** The URL of a new schema with Belay's tables, made faster than by migrating. */
  static String newStore() {
    String url = newSchema();
    execute(url, Migration.TEXT);
    return url;
  }

  /** The text of the migrations, and of the history that says that they have run. */
  private static final class Migration {
    static final String TEXT = text();

    private static String text() {
      try {
        return Files.readString(Path.of("src/main/resources/db/postgres/V1__belay.sql"))
            + """
            CREATE TABLE belay_schema_history (version TEXT, success BOOLEAN);
            INSERT INTO belay_schema_history VALUES ('1', TRUE);
            """;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Drops the schema of that URL. */
  static void drop(String url) {
    execute(url, "DROP SCHEMA " + url.replaceFirst(".*currentSchema=", "") + " CASCADE");
  }

  static void execute(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
