package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * Runs migrations that are not Belay's with Flyway, on a connection that Belay keeps. Belongs to
 * the thread that opens the store.
 */
final class FlywayRun {
  /**
   * The name of the application's migrations. Their history is in Flyway's default table, so that
   * an application can switch between Belay's run of Flyway and its own.
   */
  private static final String APPLICATION = "app";

  private final String file;
  private final String name;
  private final String table;
  private final List<String> locations;
  private final @Nullable ClassLoader loader;

  /**
   * Creates a run of the migrations in {@code locations}, which {@code loader}, or if it is null
   * Belay's class loader, finds.
   */
  FlywayRun(String file, String name, List<String> locations, @Nullable ClassLoader loader) {
    this.file = file;
    this.name = name;
    // Flyway names the index of a table <table>_s_idx. Because every table ends in _history, no
    // index has the name of another history's table.
    this.table =
        APPLICATION.equals(name) ? "flyway_schema_history" : "flyway_schema_" + name + "_history";
    this.locations = locations;
    this.loader = loader != null ? loader : FlywayRun.class.getClassLoader();
  }

  /**
   * Returns the pending migrations, each as the name of its history and its script. Changes
   * nothing.
   *
   * @throws StoreException if the history does not fit the migrations that were found, a location
   *     has none, or Flyway cannot be used
   */
  List<String> pending(SQLiteConnection connection) {
    return guarded(
        "the history of the schema is not valid",
        () -> {
          try (MigrationConnection lent = new MigrationConnection(connection)) {
            MigrationInfoService info = flyway(locations, lent).info();
            requireMigrations(info, lent);
            flyway(locations, lent).validate();
            return Stream.of(info.pending()).map(next -> name + ": " + next.getScript()).toList();
          }
        });
  }

  /** Runs the pending migrations inside the transaction that is open on {@code connection}. */
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

  /**
   * Requires a migration in every location: a misspelt location would otherwise open the store
   * without its tables.
   */
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
        // The file may contain tables of other programs: start below every version.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        // An older program must not use a newer schema; Flyway's default would allow it.
        .ignoreMigrationPatterns("*:pending")
        // SQL may contain "${".
        .placeholderReplacement(false)
        .load();
  }

  private <T> T guarded(String failure, Supplier<T> run) {
    try {
      return run.get();
    } catch (LinkageError | ServiceConfigurationError e) {
      throw incomplete(e); // must come first: without Flyway, its exception class is missing too
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
