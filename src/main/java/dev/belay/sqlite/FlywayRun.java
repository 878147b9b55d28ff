package dev.belay.sqlite;

import dev.belay.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Collection;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * One run of Flyway, on a connection that stays ours. Belongs to the thread that opens. Loaded only
 * when there is something to migrate.
 */
final class FlywayRun {
  /** Flyway's own default, so that an application can change between Belay's run and its own. */
  private static final String APP_HISTORY_TABLE = "flyway_schema_history";

  private final String file;
  private final FluentConfiguration configuration;

  private FlywayRun(String file, FluentConfiguration configuration) {
    this.file = file;
    this.configuration = configuration;
  }

  static FlywayRun ofBelay(String file) {
    // Both providers given: Flyway scans no class path, which works in any jar and any loader.
    return new FlywayRun(
        file,
        common(FlywayRun.class.getClassLoader(), SchemaHistory.TABLE)
            .resourceProvider(new ShippedScripts())
            .javaMigrationClassProvider(List::of));
  }

  static FlywayRun ofApplication(String file, List<String> locations) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    ClassLoader loader = context != null ? context : FlywayRun.class.getClassLoader();
    return new FlywayRun(
        file, common(loader, APP_HISTORY_TABLE).locations(locations.toArray(String[]::new)));
  }

  private static FluentConfiguration common(@Nullable ClassLoader loader, String table) {
    return Flyway.configure(loader)
        .table(table)
        // the file may hold tables of others: start below every version there is
        .baselineOnMigrate(true)
        .baselineVersion("0")
        // an older program must not work on a newer schema, which the default would let it
        .ignoreMigrationPatterns(new String[0])
        // "${" may stand in SQL
        .placeholderReplacement(false);
  }

  /** Runs what is pending, inside the transaction that is open on {@code connection}. */
  void migrate(SQLiteConnection connection) {
    Connection lent = MigrationConnection.lend(connection);
    try {
      configuration.dataSource(new LentDataSource(lent)).load().migrate();
    } catch (FlywayException e) {
      throw new StoreException(file + ": migrating the schema failed: " + e.getMessage(), e);
    }
    MigrationConnection.requireNotRolledBack(lent);
  }

  /**
   * Whether something is pending.
   *
   * @throws StoreException if the history does not fit the migrations that were found
   */
  boolean isPending(SQLiteConnection connection) {
    try {
      Flyway flyway =
          configuration.dataSource(new LentDataSource(MigrationConnection.lend(connection))).load();
      if (flyway.info().pending().length > 0) {
        return true;
      }
      flyway.validate();
      return false;
    } catch (FlywayException e) {
      throw new StoreException(
          file + ": the history of the schema is not valid: " + e.getMessage(), e);
    }
  }

  private static final class ShippedScripts implements ResourceProvider {
    @Override
    public @Nullable LoadableResource getResource(String name) {
      return ShippedMigration.ALL.stream()
          .filter(shipped -> shipped.script().equals(name))
          .map(shipped -> new ShippedScript(shipped.script()))
          .findFirst()
          .orElse(null);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
      return ShippedMigration.ALL.stream()
          .map(ShippedMigration::script)
          .filter(script -> script.startsWith(prefix))
          .filter(script -> List.of(suffixes).stream().anyMatch(script::endsWith))
          .<LoadableResource>map(ShippedScript::new)
          .toList();
    }
  }

  private static final class ShippedScript extends LoadableResource {
    private final String script;

    ShippedScript(String script) {
      this.script = script;
    }

    @Override
    public Reader read() {
      String name = ShippedMigration.FOLDER + script;
      InputStream stream = FlywayRun.class.getClassLoader().getResourceAsStream(name);
      if (stream == null) {
        throw new UncheckedIOException(new IOException(name + " is not on the class path"));
      }
      return new InputStreamReader(stream, StandardCharsets.UTF_8);
    }

    @Override
    public String getAbsolutePath() {
      return ShippedMigration.FOLDER + script;
    }

    @Override
    public String getAbsolutePathOnDisk() {
      return getAbsolutePath();
    }

    @Override
    public String getFilename() {
      return script;
    }

    @Override
    public String getRelativePath() {
      return script;
    }
  }
}
