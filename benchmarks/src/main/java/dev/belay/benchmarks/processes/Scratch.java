package dev.belay.benchmarks.processes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory of its own for the files of one measurement. Belongs to one thread. */
final class Scratch implements AutoCloseable {
  private final Path folder;

  Scratch() throws IOException {
    folder = Files.createTempDirectory("belay-benchmark-");
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Deletes it with all that is in it. */
  @Override
  public void close() throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(folder)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
