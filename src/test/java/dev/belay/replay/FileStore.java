package dev.belay.replay;

import dev.belay.Belay;
import dev.belay.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A database file in a new folder. It ends as a backup, if a file is named that keeps it. Belongs
 * to the thread that made it.
 */
final class FileStore implements ReplayStore {
  private final @Nullable Path kept;
  private final Path directory;

  /** Refuses {@code kept} where a backup cannot be made; null keeps nothing. */
  FileStore(@Nullable Path kept) throws IOException {
    this.kept = kept;
    this.directory = Files.createTempDirectory("belay-replay-");
    if (kept != null) {
      rehearse(kept);
    }
  }

  /** So that nobody learns at the end of the job that its store cannot be kept. */
  private void rehearse(Path file) throws IOException {
    try (Belay belay = ReplayStore.open(address())) {
      belay.backup(file);
      Files.delete(file);
    } catch (StoreException e) {
      delete();
      throw new TranscriptException("-Dbelay.keep: " + e.getMessage(), e);
    }
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
  public void end(boolean equal) throws IOException {
    if (equal) {
      if (kept != null) {
        try (Belay belay = Belay.openReadOnly(Path.of(address()))) {
          belay.backup(kept);
        }
      }
      delete();
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
