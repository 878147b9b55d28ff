package dev.belay.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a backup in the place of a store. Belongs to the thread that runs it. */
@Command(
    name = "restore",
    description = {
      "Checks a backup and puts it in the place of the store, which no process may have open.",
      "Killed at any instant, it leaves the old or the new store. Not on PostgreSQL."
    })
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  @Parameters(paramLabel = "FROM", description = "A file that 'backup' made.")
  private Path from;

  @Mixin private Confirmation confirmation;

  @Override
  public Integer call() throws IOException {
    BelayCommand root = BelayCommand.of(spec);
    Terminal terminal = root.terminal();
    Path file = root.store().file(spec, terminal);
    if (Files.exists(file)) {
      confirmation.require(spec, terminal, "replace " + file + " by " + from + "?");
    }
    try (Progress progress = Progress.of(terminal, "restore", " bytes")) {
      long size = Files.exists(from) ? Files.size(from) : 0;
      new Restore(from, file, bytes -> progress.at(bytes, size), step -> {}).run();
    }
    root.output().say("restored " + file);
    return Exit.DONE;
  }
}
