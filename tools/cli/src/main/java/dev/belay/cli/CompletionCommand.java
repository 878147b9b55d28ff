package dev.belay.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a completion script. Belongs to the thread that runs it. */
@Command(
    name = "completion",
    description = {
      "Writes a script that completes commands in bash and zsh:",
      "source <(belay completion)"
    })
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  @Override
  public Integer call() {
    Output out = BelayCommand.of(spec).output();
    out.println(AutoComplete.bash("belay", spec.root().commandLine()));
    out.flush();
    return Exit.DONE;
  }
}
