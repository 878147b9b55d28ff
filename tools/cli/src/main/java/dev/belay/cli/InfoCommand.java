package dev.belay.cli;

import dev.belay.Belay;
import picocli.CommandLine.Command;

/** Shows what a store is. Belongs to the thread that runs it. */
@Command(name = "info", description = "Shows the database, the schema and the size of the store.")
final class InfoCommand extends StoreCommand.Reading {
  @Override
  int run(Belay belay, Output out) {
    out.show(Rows.of(belay.stats()));
    return Exit.DONE;
  }
}
