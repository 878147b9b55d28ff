package dev.belay.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Folders that a test makes and deletes. Stateless, safe for use by many threads. */
public final class TempFolder {
  private TempFolder() {}

  /** Deletes {@code folder} with all that is in it. */
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
