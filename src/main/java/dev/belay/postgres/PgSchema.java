package dev.belay.postgres;

import dev.belay.engine.EngineOptions;
import dev.belay.store.SchemaTooNewException;
import dev.belay.store.SchemaTooOldException;
import dev.belay.store.StoreBusyException;
import dev.belay.store.StoreException;
import dev.belay.store.StoreInterruptedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;

/**
 * Migrates the schema when a store is opened: Belay's tables, then those of the application.
 * Belongs to the thread that opens the store.
 *
 * <p>One process at a time migrates: a transaction on a connection of its own holds a lock
 * meanwhile, which also works behind a pooler. Each migration is a transaction of its own.
 */
final class PgSchema {
  /** The newest version of Belay's schema: the last migration in {@code db/postgres}. */
  static final int NEWEST = 1;

  static final String LOCATION = "classpath:dev/belay/db/postgres";
  static final String TABLE = "belay_schema_history";

  /** The history of migrations named so is in Flyway's default table. */
  private static final String APPLICATION = "app";

  static final long LOCK_SPACE = 0x62656c6179_04L;

  private static final String TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(?, ?))";

  private static final String HOLDER =
      """
      SELECT COALESCE(string_agg(concat('process ', a.pid, ' of the server (',
                                        a.application_name, ', ' || host(a.client_addr), ')'), ', '),
                      'no session any more')
      FROM   pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE  l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND  l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND  (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(?, ?)
      """;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final DataSource source;
  private final PgServer server;
  private final PgFailures errors;

  PgSchema(DataSource source, PgServer server, PgFailures errors) {
    this.source = source;
    this.server = server;
    this.errors = errors;
  }

  /**
   * Runs the pending migrations.
   *
   * @param deadlineNanos the {@code nanoTime} until which to wait for another process that migrates
   * @throws StoreBusyException if that process takes longer
   * @throws StoreInterruptedException if the thread is interrupted while it waits
   * @throws SchemaTooOldException if there are any, and {@code options} do not allow that
   */
  void migrate(EngineOptions options, long deadlineNanos) {
    if (!options.migrates()) {
      requireNonePending(options);
      return;
    }
    try (Connection locking = source.getConnection()) {
      locking.setAutoCommit(false);
      lock(locking, deadlineNanos);
      int applied = appliedVersion(locking);
      for (History history : histories(options)) {
        if (!history.isOurs() || applied < NEWEST) {
          run(history);
        }
      }
      locking.rollback();
      locking.setAutoCommit(true);
    } catch (SQLException e) {
      throw errors.operating("migrating the schema", e);
    }
  }

  private void requireNonePending(EngineOptions options) {
    try (Connection reading = source.getConnection()) {
      int applied = appliedVersion(reading);
      List<String> pending = new ArrayList<>();
      for (History history : histories(options)) {
        try (MigrationSource connections = new MigrationSource(source)) {
          pending.addAll(pending(history, flyway(history, connections)));
        }
      }
      if (!pending.isEmpty()) {
        throw new SchemaTooOldException(
            errors.store(), String.valueOf(applied), String.valueOf(NEWEST), pending);
      }
    } catch (SQLException e) {
      throw errors.operating("reading the histories of the schema", e);
    }
  }

  private List<String> pending(History history, Flyway flyway) {
    try {
      flyway.validate();
      return Stream.of(requireAny(history, flyway).pending())
          .map(next -> history.name() + ": " + next.getScript())
          .toList();
    } catch (FlywayException e) {
      throw failed(history, e);
    }
  }

  /** Takes the lock of the schema. A wait on the server could not be interrupted. */
  private void lock(Connection locking, long deadlineNanos) throws SQLException {
    while (!ask(locking, TRY_LOCK).equals("t")) {
      if (Thread.currentThread().isInterrupted()) {
        throw new StoreInterruptedException(
            errors.store() + ": interrupted while another process migrated the schema", null);
      }
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new StoreBusyException(
            errors.store()
                + ": another process has been migrating the schema for longer than the busy"
                + " timeout; the lock is held by "
                + ask(locking, HOLDER),
            null);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private String ask(Connection locking, String question) throws SQLException {
    try (PreparedStatement statement = locking.prepareStatement(question)) {
      statement.setString(1, server.schema());
      statement.setLong(2, LOCK_SPACE);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** Returns the version of Belay's schema in the database; 0 if there is none. */
  private int appliedVersion(Connection locking) throws SQLException {
    String table = server.quotedSchema() + "." + TABLE;
    try (PreparedStatement exists = locking.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      exists.setString(1, table);
      try (ResultSet row = exists.executeQuery()) {
        if (!row.next() || !row.getBoolean(1)) {
          return 0;
        }
      }
    }
    try (PreparedStatement newest =
            locking.prepareStatement(
                "SELECT COALESCE(MAX(version::integer), 0) FROM "
                    + table
                    + " WHERE success AND version ~ '^[0-9]+$'");
        ResultSet row = newest.executeQuery()) {
      row.next();
      int version = row.getInt(1);
      if (version > NEWEST) {
        throw new SchemaTooNewException(
            errors.store(), String.valueOf(version), String.valueOf(NEWEST));
      }
      return version;
    }
  }

  /** Belay's migrations, then those of the application in their order. */
  private static List<History> histories(EngineOptions options) {
    List<History> histories = new ArrayList<>();
    histories.add(new History("belay", TABLE, List.of(LOCATION), PgSchema.class.getClassLoader()));
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    ClassLoader loader = context != null ? context : PgSchema.class.getClassLoader();
    options
        .migrations()
        .forEach(
            (name, locations) ->
                histories.add(
                    new History(
                        name,
                        APPLICATION.equals(name)
                            ? "flyway_schema_history"
                            : "flyway_schema_" + name + "_history",
                        locations,
                        loader)));
    return histories;
  }

  private record History(String name, String table, List<String> locations, ClassLoader loader) {
    boolean isOurs() {
      return table.equals(TABLE);
    }
  }

  private void run(History history) {
    try (MigrationSource connections = new MigrationSource(source)) {
      Flyway flyway = flyway(history, connections);
      requireAny(history, flyway);
      flyway.migrate();
    } catch (FlywayException e) {
      throw failed(history, e);
    }
  }

  private MigrationInfoService requireAny(History history, Flyway flyway) {
    MigrationInfoService info = flyway.info();
    if (info.all().length == 0) {
      throw new StoreException(
          errors.store()
              + ": migrations '"
              + history.name()
              + "': no migration in "
              + history.locations(),
          null);
    }
    return info;
  }

  private StoreException failed(History history, FlywayException e) {
    return new StoreException(
        errors.store() + ": migrations '" + history.name() + "' failed: " + e.getMessage(), e);
  }

  private Flyway flyway(History history, MigrationSource connections) {
    return Flyway.configure(history.loader())
        .dataSource(connections)
        .locations(history.locations().toArray(String[]::new))
        .table(history.table())
        .schemas(server.schema())
        .defaultSchema(server.schema())
        .createSchemas(false)
        // The schema may contain tables of other programs: start below every version.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        // An older program must not use a newer schema; Flyway's default would allow it.
        .ignoreMigrationPatterns("*:pending")
        .failOnMissingLocations(true)
        .placeholderReplacement(false)
        .load();
  }
}
