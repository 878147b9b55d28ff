package dev.belay.cli;

import dev.belay.Belay;
import dev.belay.store.Finding;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks for what should not be. Belongs to the thread that runs it. */
@Command(
    name = "check",
    description = {
      "Looks for what should not be in the store, beside all who use it.",
      "Exit code 4: it found something, and lists it."
    })
final class CheckCommand extends StoreCommand.Reading {
  @Option(
      names = "--pages",
      description = "Reads all pages of the file too, in one long snapshot. Not on PostgreSQL.")
  private boolean pages;

  @Override
  int run(Belay belay, Output out) {
    List<Finding> findings = belay.check(pages ? Finding.Scope.PAGES : Finding.Scope.ROWS);
    if (findings.isEmpty()) {
      out.say("nothing found");
      return Exit.DONE;
    }
    try (Listing listing = out.listing("rule", "subject", "message")) {
      findings.forEach(finding -> listing.add(Rows.of(finding)));
    }
    return Exit.FOUND;
  }
}
