package dev.belay.cli;

import dev.belay.Belay;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command on an open store. Belongs to the thread that runs the command. */
abstract class StoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  /** A command that writes nothing. */
  abstract static class Reading extends StoreCommand {
    @Override
    final Belay open() {
      return root().store().openToRead(spec(), root().terminal());
    }
  }

  /** A command that writes. */
  abstract static class Writing extends StoreCommand {
    @Override
    final Belay open() {
      return root().store().openToWrite(spec(), root().terminal());
    }
  }

  abstract Belay open();

  /** Does it, and returns the exit code. */
  abstract int run(Belay belay, Output out) throws Exception;

  /** Checks the command line, before the store is opened. */
  void check() throws Exception {}

  @Override
  public final Integer call() throws Exception {
    check();
    try (Belay belay = open()) {
      return run(belay, root().output());
    }
  }

  /** Refuses a number that is too small. */
  static void atLeast(CommandSpec spec, long min, String option, long value) {
    if (value < min) {
      throw new ParameterException(
          spec.commandLine(), option + " must be at least " + min + ": " + value);
    }
  }

  final CommandSpec spec() {
    return spec;
  }

  final BelayCommand root() {
    return BelayCommand.of(spec);
  }
}
