package dev.belay.postgres;

import dev.belay.engine.EngineOptions;
import dev.belay.store.SchemaTooNewException;
import dev.belay.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

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

  private static final long LOCK_SPACE = 0x62656c6179_04L;

  private final DataSource source;
  private final PgServer server;
  private final PgFailures errors;

  PgSchema(DataSource source, PgServer server, PgFailures errors) {
    this.source = source;
    this.server = server;
    this.errors = errors;
  }

  /** Runs the pending migrations. */
  void migrate(EngineOptions options) {
    try (Connection locking = source.getConnection()) {
      locking.setAutoCommit(false);
      lock(locking);
      if (appliedVersion(locking) < NEWEST) {
        run("belay", TABLE, List.of(LOCATION), PgSchema.class.getClassLoader());
      }
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      ClassLoader loader = context != null ? context : PgSchema.class.getClassLoader();
      for (Map.Entry<String, List<String>> history : options.migrations().entrySet()) {
        String name = history.getKey();
        String table =
            APPLICATION.equals(name)
                ? "flyway_schema_history"
                : "flyway_schema_" + name + "_history";
        run(name, table, history.getValue(), loader);
      }
      locking.rollback();
      locking.setAutoCommit(true);
    } catch (SQLException e) {
      throw errors.operating("migrating the schema", e);
    }
  }

  private void lock(Connection locking) throws SQLException {
    try (PreparedStatement lock =
        locking.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, ?))")) {
      lock.setString(1, server.schema());
      lock.setLong(2, LOCK_SPACE);
      lock.execute();
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

  private void run(String name, String table, List<String> locations, ClassLoader loader) {
    try (MigrationSource connections = new MigrationSource(source)) {
      Flyway flyway =
          Flyway.configure(loader)
              .dataSource(connections)
              .locations(locations.toArray(String[]::new))
              .table(table)
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
      if (flyway.info().all().length == 0) {
        throw new StoreException(
            errors.store() + ": migrations '" + name + "': no migration in " + locations, null);
      }
      flyway.migrate();
    } catch (FlywayException e) {
      throw new StoreException(
          errors.store() + ": migrations '" + name + "' failed: " + e.getMessage(), e);
    }
  }
}
