package dev.belay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A text file of the project, for the tests that read what the compiler does not check. */
record SourceFile(Path path, String text) {

  /** The project's own folder: Surefire and IDEs start tests there. */
  static final Path ROOT = Path.of("").toAbsolutePath();

  static SourceFile at(String path) {
    return read(ROOT.resolve(path));
  }

  /** Every {@code .java} file below {@code folder}, by path; none if there is no such folder. */
  static List<SourceFile> javaUnder(String folder) {
    return under(folder, ".java");
  }

  /** Every file below {@code folder} whose name ends so, by path; none if there is no folder. */
  static List<SourceFile> under(String folder, String ending) {
    Path start = ROOT.resolve(folder);
    if (!Files.isDirectory(start)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(start)) {
      return paths
          .filter(path -> path.toString().endsWith(ending))
          .sorted()
          .map(SourceFile::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The path below the project, with slashes: {@code src/main/java/dev/belay/Belay.java}. */
  String relative() {
    return ROOT.relativize(path).toString().replace('\\', '/');
  }

  String fileName() {
    return path.getName(path.getNameCount() - 1).toString();
  }

  /** The name alone: a failing assertion shows where, not every line of every file. */
  @Override
  public String toString() {
    return relative();
  }

  private static SourceFile read(Path path) {
    try {
      return new SourceFile(path, Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
