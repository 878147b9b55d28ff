package dev.belay.spring.boot;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The class path of this JVM with other libraries, for a child. Stateless. */
final class ChildClassPath {
  private ChildClassPath() {}

  /** Returns it without the jars whose file name begins with {@code pattern}. */
  static String without(String pattern) {
    return String.join(File.pathSeparator, entriesWithout(pattern));
  }

  /** Returns it with another version of sqlite-jdbc, which the build has copied. */
  static String withSqlite(String version) {
    Path jar = Path.of(System.getProperty("belay.oldLibraries"), "sqlite-jdbc-" + version + ".jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing; Maven copies it before the tests");
    }
    List<String> entries = entriesWithout("sqlite-jdbc-");
    entries.add(jar.toString());
    return String.join(File.pathSeparator, entries);
  }

  private static List<String> entriesWithout(String pattern) {
    Pattern excluded = Pattern.compile(pattern);
    List<String> entries =
        new ArrayList<>(List.of(System.getProperty("java.class.path").split(File.pathSeparator)));
    if (!entries.removeIf(
        entry -> excluded.matcher(Path.of(entry).getFileName().toString()).lookingAt())) {
      throw new IllegalStateException("no jar begins with " + pattern);
    }
    return entries;
  }
}
