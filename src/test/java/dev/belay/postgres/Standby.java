package dev.belay.postgres;

import dev.belay.testing.OwnServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;

/** A server of its own that is in recovery until it is promoted. Belongs to one test. */
final class Standby implements AutoCloseable {
  private final EmbeddedPostgres server;

  private Standby(EmbeddedPostgres server) {
    this.server = server;
  }

  /** Starts a server on files in {@code folder}, stops it, and starts it as a standby. */
  static Standby start(Path folder) throws IOException {
    Path data = folder.resolve("data");
    run(data).close();
    Files.createFile(data.resolve("standby.signal"));
    return new Standby(run(data));
  }

  /** Starts a server on a copy of the files of another one, whose changes it follows. */
  static Standby of(OwnServer primary, Path folder) throws IOException, SQLException {
    Path data = folder.resolve("standby");
    try (Connection connection = DriverManager.getConnection(primary.url());
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_backup_start('standby', true)");
      copy(primary.data(), data);
      try (ResultSet row = statement.executeQuery("SELECT labelfile FROM pg_backup_stop()")) {
        row.next();
        Files.writeString(data.resolve("backup_label"), row.getString(1));
      }
    }
    Files.deleteIfExists(data.resolve("postmaster.pid"));
    Files.createFile(data.resolve("standby.signal"));
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=localhost user=postgres port=" + primary.port() + "'\n");
    return new Standby(run(data));
  }

  /** Copies a folder of a running server, whose files may vanish meanwhile. */
  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        try {
          Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
        } catch (NoSuchFileException e) {
          // the server has no use for it any more
        }
      }
    }
  }

  private static EmbeddedPostgres run(Path data) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("hot_standby", "on")
        .setServerConfig("max_connections", "200") // not fewer than at the server that it follows
        .setServerConfig("log_min_messages", "fatal")
        .start();
  }

  int port() {
    return server.getPort();
  }

  String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
