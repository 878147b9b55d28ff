package dev.belay.cli;

import dev.belay.Belay;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies a store. Belongs to the thread that runs it. */
@Command(
    name = "backup",
    description = "Copies the store, beside all who use it, to a new file. Not on PostgreSQL.")
final class BackupCommand extends StoreCommand.Reading {
  @Parameters(paramLabel = "TO", description = "A file that does not exist yet.")
  private Path to;

  @Override
  void check() {
    root().store().file(spec(), root().terminal());
  }

  @Override
  int run(Belay belay, Output out) {
    try (Progress progress = Progress.of(out.terminal(), "backup", " pages")) {
      belay.backup(to, (remaining, total) -> progress.at(total - remaining, total));
    }
    out.say("copied to " + to);
    return Exit.DONE;
  }
}
