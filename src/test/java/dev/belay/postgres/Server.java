package dev.belay.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The PostgreSQL server of the tests, started with the first that needs it and stopped with the
 * JVM. Safe for use by many threads.
 */
final class Server {
  /** The role whose members have to give a password; nobody else has to. */
  static final String WITH_PASSWORD = "with_password";

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private Server() {}

  /** The server of this JVM. */
  private static final class Running {
    static final EmbeddedPostgres SERVER = start();

    private static EmbeddedPostgres start() {
      try {
        Path users = Files.createTempFile("belay-", ".pg_hba");
        users.toFile().deleteOnExit();
        Files.writeString(
            users, "host all +" + WITH_PASSWORD + " all scram-sha-256\nhost all all all trust\n");
        EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setServerConfig("hba_file", users.toString())
                .setServerConfig("max_connections", "400")
                .setServerConfig("shared_buffers", "64MB")
                .setServerConfig("log_min_messages", "fatal")
                .start();
        execute(server.getJdbcUrl("postgres", "postgres"), "CREATE ROLE " + WITH_PASSWORD);
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The URL of its database, without a schema. */
  static String url() {
    return Running.SERVER.getJdbcUrl("postgres", "postgres");
  }

  static int port() {
    return Running.SERVER.getPort();
  }

  /** The URL of a new schema without tables. */
  static String newSchema() {
    return newSchemaAt(url());
  }

  /** The URL of a new schema without tables in the database of another URL. */
  static String newSchemaAt(String url) {
    String schema = "s" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
    execute(url, "CREATE SCHEMA " + schema);
    return url + "&currentSchema=" + schema;
  }

  /** The URL of a new schema with Belay's tables, made faster than by migrating. */
  static String newStore() {
    return newStoreAt(url());
  }

  /** As {@link #newStore}, in the database of another URL. */
  static String newStoreAt(String url) {
    String store = newSchemaAt(url);
    execute(store, Migration.TEXT);
    return store;
  }

  /** The name of the schema of that URL. */
  static String schemaOf(String url) {
    return url.replaceFirst(".*currentSchema=", "");
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
    execute(url, "DROP SCHEMA " + schemaOf(url) + " CASCADE");
  }

  static void execute(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The rows of a query, each as the text of its first column, or "null". */
  static List<String> query(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(String.valueOf(rows.getString(1)));
      }
      return texts;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
