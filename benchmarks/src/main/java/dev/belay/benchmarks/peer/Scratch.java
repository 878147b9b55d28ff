package dev.belay.benchmarks.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder for the files of one measurement, deleted at the end. Immutable. */
public final class Scratch implements Place {
  private final Path folder;

  /** Makes it, where {@code java.io.tmpdir} says. */
  public Scratch() {
    try {
      folder = Files.createTempDirectory("belay-benchmark-");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for the files", e);
    }
  }

  /** The folder itself. */
  public Path folder() {
    return folder;
  }

  /** A file in it, which need not be there yet. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /** The store, where there is but one. */
  public Path file() {
    return file("store.db");
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be deleted", e);
    }
  }
}
