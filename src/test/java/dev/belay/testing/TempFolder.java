package dev.belay.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Temporary folders of tests. Stateless, safe for use by many threads. */
public final class TempFolder {
  private TempFolder() {}

  /** Deletes {@code folder} with its content. */
  public static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (var found = Files.walk(folder)) {
      paths = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
