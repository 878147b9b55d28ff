package dev.belay.benchmarks.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of its own for one store, deleted at the end. Belongs to one thread. */
final class TempStore implements AutoCloseable {
  private final Path folder;

  TempStore() {
    try {
      folder = Files.createTempDirectory("belay-benchmark-");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for the store", e);
    }
  }

  Path folder() {
    return folder;
  }

  Path file() {
    return folder.resolve("store.db");
  }

  /** Deletes everything; no connection may be open any more. */
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
