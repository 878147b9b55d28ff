package dev.belay.cli;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The question before something that cannot be undone. Belongs to the thread that asks. */
final class Confirmation {
  @Option(
      names = {"-y", "--yes"},
      description = "Does not ask; needed off a terminal.")
  private boolean yes;

  /** Refuses the command line where a question would stay without an answer. */
  void requireAnswerable(CommandSpec spec, Terminal terminal) {
    if (!yes && !terminal.isTerminal()) {
      throw new ParameterException(
          spec.commandLine(), "there is no terminal to ask on: give --yes");
    }
  }

  /** Goes on only if the answer is yes. */
  void require(CommandSpec spec, Terminal terminal, String question) throws IOException {
    requireAnswerable(spec, terminal);
    if (!yes && !terminal.isAnsweredYes(Shown.line(question))) {
      throw new Refused("nothing has changed");
    }
  }
}
