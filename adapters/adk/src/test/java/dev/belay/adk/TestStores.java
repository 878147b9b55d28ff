package dev.belay.adk;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** The databases that the service is tested on. Safe for use by many threads. */
enum TestStores {
  SQLITE {
    @Override
    Belay open(Path folder, BelayOptions options) {
      return Belay.open(folder.resolve("store.db"), options);
    }
  },
  POSTGRES {
    @Override
    Belay open(Path folder, BelayOptions options) {
      return Belay.openPostgres(newSchema(), options);
    }
  };

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  /** Opens a new store, whose files are in {@code folder} if it has any. */
  abstract Belay open(Path folder, BelayOptions options);

  /** Returns the URL of an empty schema of the server of this JVM. */
  static String newSchema() {
    String schema = "s" + SCHEMAS.incrementAndGet();
    String url = Server.RUNNING.getJdbcUrl("postgres", "postgres");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + schema);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return url + "&currentSchema=" + schema;
  }

  /** The server of this JVM, which ends with it. */
  private static final class Server {
    static final EmbeddedPostgres RUNNING = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder()
            .setServerConfig("shared_buffers", "64MB")
            .setServerConfig("log_min_messages", "fatal")
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
