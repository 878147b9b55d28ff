package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.BelayOptions;
import dev.belay.BelayOptions.Migration;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The store that a command works on. Only {@code migrate} migrates it: a newer command line must
 * not change the schema of a store by looking at it. Belongs to the thread that runs the command.
 */
final class StoreOptions {
  private static final BelayOptions AS_IT_IS =
      BelayOptions.defaults().withMigration(Migration.NONE);

  @Option(
      names = {"-f", "--file"},
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "The store in a file; $BELAY_FILE by default.")
  private Path file;

  @Option(
      names = "--url",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "URL",
      description =
          "The store in a schema of PostgreSQL:"
              + " jdbc:postgresql://host/database?currentSchema=name.")
  private String url;

  /** Returns the file. */
  Path file(CommandSpec spec, Terminal terminal) {
    String fromEnvironment = terminal.environment().getOrDefault("BELAY_FILE", "");
    if (url != null && file != null) {
      throw wrong(spec, "give --file or --url, not both");
    }
    if (url != null) {
      throw new Refused(
          "'" + spec.qualifiedName() + "' works on a file; for PostgreSQL use the server's tools");
    }
    if (file == null && fromEnvironment.isEmpty()) {
      throw wrong(spec, "no store: give --file or --url, or set BELAY_FILE");
    }
    return file != null ? file : Path.of(fromEnvironment);
  }

  private static ParameterException wrong(CommandSpec spec, String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private boolean isOnServer() {
    return url != null && file == null;
  }

  Belay openToRead(CommandSpec spec, Terminal terminal) {
    return isOnServer()
        ? Belay.openPostgres(url, AS_IT_IS)
        : Belay.openReadOnly(existing(file(spec, terminal)));
  }

  Belay openToWrite(CommandSpec spec, Terminal terminal) {
    return isOnServer()
        ? Belay.openPostgres(url, AS_IT_IS)
        : Belay.open(existing(file(spec, terminal)), AS_IT_IS);
  }

  Belay openToMigrate(CommandSpec spec, Terminal terminal) {
    return isOnServer() ? Belay.openPostgres(url) : Belay.open(existing(file(spec, terminal)));
  }

  /** Returns the folder of the scripts of this store's database in the library. */
  String scripts() {
    return isOnServer() ? "/dev/belay/db/postgres/" : "/dev/belay/db/migration/";
  }

  private static Path existing(Path file) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new Refused("no such file: " + file);
    }
    return file;
  }
}
