package dev.belay.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A PostgreSQL server of one test, with fsync on, which the test may crash. Safe for use by many
 * threads.
 */
public final class OwnServer implements AutoCloseable {
  private final EmbeddedPostgres server;
  private final String programs;
  private final String data;

  /** Starts it on new files. */
  public OwnServer() throws IOException {
    server =
        EmbeddedPostgres.builder()
            .setServerConfig("max_connections", "200")
            .setServerConfig("shared_buffers", "64MB")
            .setServerConfig("log_min_messages", "panic")
            .setServerConfig("wal_writer_delay", "10s") // a crash loses all that nobody waits for
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .start();
    programs = text("SELECT setting FROM pg_config WHERE name = 'BINDIR'");
    data = text("SHOW data_directory");
  }

  /** The URL of its database. */
  public String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  /** The first column of the first row. */
  public String text(String query) {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  /** The port on which it listens. */
  public int port() {
    return server.getPort();
  }

  /** The folder with its files. */
  public Path data() {
    return Path.of(data);
  }

  /** Executes a statement. */
  public void execute(String sql) {
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Ends the server as a crash does, without a checkpoint, and starts it again. */
  public void crash() throws IOException, InterruptedException {
    control("restart");
  }

  /** Ends the server as a crash does, for good. */
  public void kill() throws IOException, InterruptedException {
    control("stop");
  }

  private void control(String verb) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U")); // the server refuses to be started by root
    }
    command.addAll(List.of(programs + "/pg_ctl", verb, "-w", "-m", "immediate", "-D", data));
    Path output = Files.createTempFile("belay-server", ".log");
    try {
      Process control =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile()) // the server inherits it, and keeps it open
              .start();
      if (control.waitFor() != 0) {
        throw new IllegalStateException(Files.readString(output));
      }
    } finally {
      Files.delete(output);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
