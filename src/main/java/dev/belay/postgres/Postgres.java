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
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(jdbcUrl);
    source.setLogServerErrorDetail(false); // the detail of a failure shows values of its row
    source.setTcpKeepAlive(true);
    if (!jdbcUrl.contains("ApplicationName=")) {
      source.setApplicationName("belay");
    }
    return open(source, false, options, busyTimeout);
  }

  /** Opens a store on connections of the host. */
  public static StoreEngine open(DataSource source, EngineOptions options, Duration busyTimeout) {
    return open(source, true, options, busyTimeout);
  }

  private static StoreEngine open(
      DataSource source, boolean borrowed, EngineOptions options, Duration busyTimeout) {
    OF_FILES.stream()
        .filter(options.chosen()::contains)
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "BelayOptions." + name + " has no meaning on PostgreSQL");
            });
    if (options.chosen().contains("withCommitGroupMax") && options.commitGroupMax() > 1) {
      throw new IllegalArgumentException(
          "BelayOptions.withCommitGroupMax above 1 has no meaning on PostgreSQL: each body has a"
              + " transaction of its own");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new StoreInterruptedException("interrupted before the store was opened", null);
    }
    PgServer server = server(source);
    new PgSchema(source, server, new PgFailures(server.name())).migrate(options);
    int busyTimeoutMs = (int) options.busyTimeout().orElse(busyTimeout).toMillis();
    return new PgStore(source, server, options, busyTimeoutMs, borrowed).opened();
  }

  private static PgServer server(DataSource source) {
    try (Connection connection = source.getConnection()) {
      return PgServer.ask(connection);
    } catch (SQLException e) {
      throw new PgFailures("PostgreSQL").operating("connecting", e);
    }
  }
}
