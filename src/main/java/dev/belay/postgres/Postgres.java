package dev.belay.postgres;

import dev.belay.engine.EngineOptions;
import dev.belay.engine.StoreEngine;
import dev.belay.store.StoreInterruptedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens stores on PostgreSQL. Stateless, safe for use by many threads. For Belay itself; users call
 * {@code Belay.openPostgres}.
 */
public final class Postgres {
  /** Options of files, and of the one connection that writes to a file. */
  private static final List<String> OF_FILES =
      List.of("withOwnerOnlyFiles", "withSharedNames", "withReaders", "withConnection");

  private Postgres() {}

  /** Opens a store with connections of its own. */
  public static StoreEngine open(String jdbcUrl, EngineOptions options, Duration busyTimeout) {
    PgLibraries.require();
    PGSimpleDataSource source = new PGSimpleDataSource();
    try {
      source.setURL(jdbcUrl);
    } catch (RuntimeException e) { // its message contains the URL, with the password
      throw new IllegalArgumentException(
          "not a URL of the PostgreSQL driver, jdbc:postgresql://host:port/database?name=value");
    }
    source.setLogServerErrorDetail(false); // the detail of a failure shows values of its row
    source.setTcpKeepAlive(true);
    if (!jdbcUrl.contains("ApplicationName=")) {
      source.setApplicationName("belay");
    }
    return open(source, PgServer.nameOf(jdbcUrl), false, options, busyTimeout);
  }

  /** Opens a store on connections of the host. */
  public static StoreEngine open(DataSource source, EngineOptions options, Duration busyTimeout) {
    PgLibraries.require();
    return open(source, "PostgreSQL", true, options, busyTimeout);
  }

  private static StoreEngine open(
      DataSource source,
      String name,
      boolean borrowed,
      EngineOptions options,
      Duration busyTimeout) {
    long openedNanos = System.nanoTime();
    OF_FILES.stream()
        .filter(options.chosen()::contains)
        .findFirst()
        .ifPresent(
            option -> {
              throw new IllegalArgumentException(
                  "BelayOptions." + option + " has no meaning on PostgreSQL");
            });
    if (options.chosen().contains("withCommitGroupMax") && options.commitGroupMax() > 1) {
      throw new IllegalArgumentException(
          "BelayOptions.withCommitGroupMax above 1 has no meaning on PostgreSQL: each body has a"
              + " transaction of its own");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new StoreInterruptedException("interrupted before the store was opened", null);
    }
    Duration busy = options.busyTimeout().orElse(busyTimeout);
    PgServer server = server(source, name);
    new PgSchema(source, server, new PgFailures(server.name()))
        .migrate(options, openedNanos + busy.toNanos());
    return new PgStore(source, server, options, (int) busy.toMillis(), borrowed).opened();
  }

  private static PgServer server(DataSource source, String name) {
    try (Connection connection = source.getConnection()) {
      return PgServer.ask(connection);
    } catch (SQLException e) {
      throw new PgFailures(name).operating("connecting", e);
    }
  }
}
