package dev.belay.springai;

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
    String create(Path folder) {
      return folder.resolve("store.db").toString();
    }
  },
  POSTGRES {
    @Override
    String create(Path folder) {
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

  /** Returns the location of a new store, whose files are in {@code folder} if it has any. */
  abstract String create(Path folder);

  /** Opens a new store, whose files are in {@code folder} if it has any. */
  Belay open(Path folder, BelayOptions options) {
    return at(create(folder), options);
  }

  /** Opens the store at a location, in this process or another. */
  static Belay at(String location, BelayOptions options) {
    return location.startsWith("jdbc:")
        ? Belay.openPostgres(location, options)
        : Belay.open(Path.of(location), options);
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
