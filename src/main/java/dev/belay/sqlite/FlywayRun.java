package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * Migrations that are not Belay's, which Flyway runs on a connection that stays ours. Belongs to
 * the thread that opens.
 */
final class FlywayRun {
  /** Has Flyway's own table, so that an application can change between Belay's run and its own. */
  private static final String APPLICATION = "app";

  private final String file;
  private final String name;
  private final String table;
  private final List<String> locations;
  private final @Nullable ClassLoader loader;

  /** The migrations in {@code locations}, as {@code loader} finds them, or else Belay's own. */
  FlywayRun(String file, String name, List<String> locations, @Nullable ClassLoader loader) {
    this.file = file;
    this.name = name;
    // Flyway's index of a table is named <table>_s_idx: as no index ends in _history, none has the
    // name of another history's table
    this.table =
        APPLICATION.equals(name) ? "flyway_schema_history" : "flyway_schema_" + name + "_history";
    this.locations = locations;
    this.loader = loader != null ? loader : FlywayRun.class.getClassLoader();
  }

  /**
   * Whether something is pending. Changes nothing.
   *
   * @throws StoreException if the history does not fit the migrations that were found, a location
   *     has none, or Flyway cannot be used
   */
  boolean isPending(SQLiteConnection connection) {
    return guarded(
        "the history of the schema is not valid",
        () -> {
          try (MigrationConnection lent = new MigrationConnection(connection)) {
            MigrationInfoService info = flyway(locations, lent).info();
            requireMigrations(info, lent);
            flyway(locations, lent).validate();
            return info.pending().length > 0;
          }
        });
  }

  /** Runs what is pending, inside the transaction that is open on {@code connection}. */
  void migrate(SQLiteConnection connection) {
    guarded(
        "migrating the schema failed",
        () -> {
          try (MigrationConnection lent = new MigrationConnection(connection)) {
            try {
              flyway(locations, lent).migrate();
            } catch (FlywayException e) {
              lent.requireNotCommitted(file, e);
              throw e;
            }
            lent.requireNotCommitted(file, null);
            lent.requireNotRolledBack(file);
            return lent;
          }
        });
  }

  /** A location with a typing error would else open the store without its tables. */
  private void requireMigrations(MigrationInfoService info, MigrationConnection lent) {
    for (String location : locations) {
      MigrationInfoService found =
          locations.size() == 1 ? info : flyway(List.of(location), lent).info();
      if (found.all().length == 0) {
        throw new StoreException(
            file
                + ": migrations '"
                + name
                + "': the location '"
                + location
                + "' does not exist, or holds no migration",
            null);
      }
    }
  }

  private Flyway flyway(List<String> from, MigrationConnection lent) {
    return Flyway.configure(loader)
        .dataSource(new LentDataSource(lent.lent()))
        .locations(from.toArray(String[]::new))
        .callbacks(lent)
        .table(table)
        // the file may hold tables of others: start below every version there is
        .baselineOnMigrate(true)
        .baselineVersion("0")
        // an older program must not work on a newer schema, which the default would let it
        .ignoreMigrationPatterns("*:pending")
        // "${" may stand in SQL
        .placeholderReplacement(false)
        .load();
  }

  private <T> T guarded(String failure, Supplier<T> run) {
    try {
      return run.get();
    } catch (LinkageError | ServiceConfigurationError e) {
      throw incomplete(e); // first: without Flyway, even to ask for its exception fails
    } catch (StoreException e) {
      throw e;
    } catch (FlywayException e) {
      throw new StoreException(
          file + ": migrations '" + name + "': " + failure + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw incomplete(e);
    }
  }

  private StoreException incomplete(Throwable e) {
    return new StoreException(
        file
            + ": Flyway, which runs migrations '"
            + name
            + "', failed ("
            + e
            + "). Is org.flywaydb:flyway-core complete on the class path? A jar made of several"
            + " jars needs their META-INF/services files merged",
        e);
  }
}
