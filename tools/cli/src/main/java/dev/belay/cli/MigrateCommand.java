package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.store.SchemaTooOldException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Migrates a store: the only command that does. Belongs to the thread that runs it. */
@Command(
    name = "migrate",
    description = "Brings Belay's schema in the store up to date, in one transaction.")
final class MigrateCommand implements Callable<Integer> {
  private static final String OF_BELAY = "belay: ";

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  @ArgGroup private Instead instead;

  /** What to do instead of migrating. Belongs to the thread that runs the command. */
  private static final class Instead {
    @Option(names = "--dry-run", description = "Lists what is pending; changes nothing.")
    private boolean dryRun;

    @Option(names = "--sql", description = "Writes the SQL of what is pending; changes nothing.")
    private boolean sql;
  }

  @Override
  public Integer call() throws IOException {
    BelayCommand root = BelayCommand.of(spec);
    List<String> pending = pending(root);
    if (instead != null && instead.sql) {
      for (String migration : pending) {
        root.output().println(sqlOf(root, migration));
      }
      root.output().flush();
    } else if (pending.isEmpty()) {
      root.output().say("up to date");
    } else {
      if (instead == null) {
        root.store().openToMigrate(spec, root.terminal()).close();
      }
      try (Listing listing = root.output().listing("migration")) {
        pending.forEach(one -> listing.add(Row.of("migration").with("migration", one)));
      }
    }
    return Exit.DONE;
  }

  /** Asks by opening the store as every other command does, which migrates nothing. */
  private List<String> pending(BelayCommand root) {
    try {
      root.store().openToWrite(spec, root.terminal()).close();
      return List.of();
    } catch (SchemaTooOldException e) {
      return e.pending();
    }
  }

  private static String sqlOf(BelayCommand root, String migration) throws IOException {
    String script = migration.substring(OF_BELAY.length());
    try (InputStream text = Belay.class.getResourceAsStream(root.store().scripts() + script)) {
      if (text == null) {
        throw new IOException(script + " is not in this jar");
      }
      return "-- " + script + "\n" + new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
