package dev.belay.postgres;

import dev.belay.testing.Patience;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
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
    migrate(store);
    return store;
  }

  /** Makes Belay's tables in the schema of that URL, faster than by migrating. */
  static void migrate(String url) {
    execute(url, Migration.TEXT);
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

  /** The name that the connections of a process have on the server. */
  static String applicationName(long pid) {
    return "belay-" + pid;
  }

  /**
   * Ends the backends of all connections that the process has now on the server of that URL, and
   * waits until they are gone: what they had not committed is undone and holds no lock.
   */
  static void killBackends(String url, long pid) {
    String name = applicationName(pid);
    List<String> killed =
        texts(
            url,
            "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE application_name = ?",
            name);
    if (killed.isEmpty()) {
      throw new IllegalStateException("process " + pid + " has no connection to end");
    }
    String left =
        "SELECT pid FROM pg_stat_activity WHERE application_name = ? AND pid IN ("
            + String.join(", ", killed)
            + ")";
    Patience.until("backends of " + pid + " are gone", () -> texts(url, left, name).isEmpty());
  }

  /** The first column of the rows that {@code query} returns for that name. */
  private static List<String> texts(String url, String query, String name) {
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      List<String> texts = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
      }
      return texts;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
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
