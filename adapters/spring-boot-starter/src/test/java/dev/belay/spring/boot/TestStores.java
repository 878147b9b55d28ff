package dev.belay.spring.boot;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** The databases that the starter is tested on. Safe for use by many threads. */
enum TestStores {
  SQLITE {
    @Override
    String property(Path folder) {
      return "belay.file=" + folder.resolve("store.db");
    }
  },
  POSTGRES {
    @Override
    String property(Path folder) {
      return "belay.url=" + newPostgres();
    }
  };

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  /** Returns the property that names a new store, whose files are in {@code folder} if any. */
  abstract String property(Path folder);

  /** Returns the URL of a new schema. */
  static String newPostgres() {
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
