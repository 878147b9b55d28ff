package dev.belay.cli;

import dev.belay.Belay;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes sessions of JSON Lines. Belongs to the thread that runs it. */
@Command(
    name = "import",
    description = {
      "Makes new sessions of what 'export' wrote. Events keep their seq, parent, id, type and",
      "payload; revisions and times are new. All is checked first; each session is one",
      "transaction, during which no other process can write. An id that exists or was deleted is",
      "refused."
    })
final class ImportCommand extends StoreCommand.Writing {
  @Parameters(
      paramLabel = "FROM",
      arity = "0..1",
      description = "A file; standard input by default.")
  private Path from;

  @Override
  void check() {
    if (from != null && !Files.isRegularFile(from)) {
      throw new Refused("no such file: " + from);
    }
  }

  @Override
  int run(Belay belay, Output out) throws IOException {
    if (from != null) {
      importFile(belay, from, out);
      return Exit.DONE;
    }
    Path copy = Files.createTempFile("belay-", ".jsonl"); // it is read twice
    try {
      Files.copy(
          new BufferedInputStream(out.terminal().in()), copy, StandardCopyOption.REPLACE_EXISTING);
      importFile(belay, copy, out);
    } finally {
      Files.delete(copy);
    }
    return Exit.DONE;
  }

  private static void importFile(Belay belay, Path file, Output out) throws IOException {
    try (Listing listing = out.listing("id", "events")) {
      new SessionImport(belay, file).run(listing::add);
    }
  }
}
