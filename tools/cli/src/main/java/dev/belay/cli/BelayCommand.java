package dev.belay.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The command {@code belay}: what all commands have. Belongs to the thread that runs it. */
@Command(
    name = "belay",
    description = "Looks into a store of Belay, and after it.",
    versionProvider = LibraryVersion.class,
    subcommands = {
      InfoCommand.class,
      CheckCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      MigrateCommand.class,
      SessionsCommand.class,
      LeasesCommand.class,
      QueuesCommand.class,
      WorkCommand.class,
      StatsCommand.class,
      DashboardCommand.class,
      CompletionCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the store failed, or could not be opened",
      "2:the command line is wrong",
      "3:not found, or refused; nothing has changed",
      "4:check found something"
    })
final class BelayCommand extends Group {
  @Mixin private StoreOptions store;

  @Option(
      names = "--json",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Writes JSON Lines: one object a line, with stable names.")
  private boolean json;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Shows the version.")
  private boolean version;

  private final Terminal terminal;

  BelayCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  static BelayCommand of(CommandSpec spec) {
    return (BelayCommand) spec.root().userObject();
  }

  StoreOptions store() {
    return store;
  }

  Terminal terminal() {
    return terminal;
  }

  Output output() {
    return new Output(terminal, json);
  }
}
