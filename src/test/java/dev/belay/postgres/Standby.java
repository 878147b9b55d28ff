package dev.belay.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

  private static EmbeddedPostgres run(Path data) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("hot_standby", "on")
        .setServerConfig("log_min_messages", "fatal")
        .start();
  }

  String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
