package dev.belay.replay;

import dev.belay.Belay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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

  /** {@code kept} must not exist yet, in a folder that does; null keeps nothing. */
  FileStore(@Nullable Path kept) throws IOException {
    if (kept != null) {
      requireFree(kept.toAbsolutePath());
    }
    this.kept = kept;
    this.directory = Files.createTempDirectory("belay-replay-");
  }

  /** So that nobody learns at the end of the job that its store cannot be kept. */
  private static void requireFree(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new TranscriptException("-Dbelay.keep: " + file + " exists; name a new file", null);
    }
    if (!Files.isDirectory(file.getParent())) {
      throw new TranscriptException("-Dbelay.keep: no folder " + file.getParent(), null);
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
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
