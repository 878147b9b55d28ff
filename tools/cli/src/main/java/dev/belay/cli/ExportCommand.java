package dev.belay.cli;

import dev.belay.Belay;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Writes JSON Lines. Belongs to the thread that runs it. */
@Command(
    name = "export",
    description = "Writes sessions as JSON Lines, each from one snapshot: see 'import'.")
final class ExportCommand extends StoreCommand.Reading {
  @Parameters(paramLabel = "ID", arity = "0..*", description = "The ids of the sessions.")
  private List<String> ids = List.of();

  @Option(names = "--all", description = "All sessions of the store.")
  private boolean all;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "A file that does not exist yet; standard output by default.")
  private Path to;

  @Override
  void check() {
    if (ids.isEmpty() != all) {
      throw new ParameterException(spec().commandLine(), "give ids or --all");
    }
  }

  @Override
  int run(Belay belay, Output out) throws IOException {
    if (to == null) {
      export(belay, out.terminal().out());
      out.flush();
      return Exit.DONE;
    }
    try (OutputStream file =
        new BufferedOutputStream(Files.newOutputStream(to, StandardOpenOption.CREATE_NEW))) {
      export(belay, file);
    } catch (FileAlreadyExistsException e) {
      throw new Refused("the file exists: " + to);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(to);
      throw e;
    }
    return Exit.DONE;
  }

  private void export(Belay belay, OutputStream to) throws IOException {
    SessionExport export = new SessionExport(belay, to);
    for (String id : ids) {
      if (!export.write(id)) {
        throw new Refused("no session '" + id + "'");
      }
    }
    if (all) {
      export.writeAll();
    }
  }
}
