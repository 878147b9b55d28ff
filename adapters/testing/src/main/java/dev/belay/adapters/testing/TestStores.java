package dev.belay.adapters.testing;

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

/** The databases that an adapter is tested on. Safe for use by many threads. */
public enum TestStores {
  /** A file. */
  SQLITE {
    @Override
    public String place(Path folder) {
      return folder.resolve("store.db").toString();
    }
  },
  /** A schema of a server. */
  POSTGRES {
    @Override
    public String place(Path folder) {
      return newSchema();
    }
  };

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  /** Returns the place of a new store, whose files are in {@code folder} if it has any. */
  public abstract String place(Path folder);

  /** Opens a new store, whose files are in {@code folder} if it has any. */
  public Belay open(Path folder, BelayOptions options) {
    return at(place(folder), options);
  }

  /** Opens the store at a place, in this process or another. */
  public static Belay at(String place, BelayOptions options) {
    return place.startsWith("jdbc:")
        ? Belay.openPostgres(place, options)
        : Belay.open(Path.of(place), options);
  }

  /** Returns the URL of a new schema of the server of this JVM. */
  public static String newSchema() {
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
