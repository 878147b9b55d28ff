package dev.belay.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A database file in a new folder. Belongs to the thread that made it. */
final class FileStore implements ReplayStore {
  private final Path directory;

  FileStore() throws IOException {
    this.directory = Files.createTempDirectory("belay-replay-");
  }

  @Override
  public String address() {
    return directory.resolve("replay.db").toString();
  }

  @Override
  public void strike() {
    // nothing works for the agents: they write the file themselves
  }

  @Override
  public boolean isStruckEnough() {
    return true;
  }

  @Override
  public String struck() {
    return "";
  }

  @Override
  public void end(boolean keep) throws IOException {
    if (!keep) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
