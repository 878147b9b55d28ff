package dev.belay.langchain4j;

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

/** The databases that the adapter is tested on. Safe for use by many threads. */
enum TestStores {
  SQLITE {
    @Override
    String place(Path folder) {
      return folder.resolve("store.db").toString();
    }
  },
  POSTGRES {
    @Override
    String place(Path folder) {
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
  };

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  /** Returns a new place for a store, which other processes can open too. */
  abstract String place(Path folder);

  static Belay open(String place, BelayOptions options) {
    return place.startsWith("jdbc:")
        ? Belay.openPostgres(place, options)
        : Belay.open(Path.of(place), options);
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
