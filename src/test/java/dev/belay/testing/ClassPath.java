package dev.belay.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The class path of this JVM with changed libraries, for a child. Immutable, safe for use by many
 * threads; every {@code with…} returns a changed copy.
 */
public final class ClassPath {
  private final List<String> entries;

  private ClassPath(List<String> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Returns the class path of this JVM. */
  public static ClassPath ofThisJvm() {
    return new ClassPath(
        Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator)));
  }

  /** Replaces {@code artifact} by the {@code version} of it that the build has copied. */
  public ClassPath with(String artifact, String version) {
    Path jar = Path.of(System.getProperty("belay.oldLibraries"), artifact + "-" + version + ".jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing; Maven copies it before the tests");
    }
    return with(artifact, jar);
  }

  /** Replaces {@code artifact} by {@code jar}. */
  public ClassPath with(String artifact, Path jar) {
    List<String> changed = new ArrayList<>(without(artifact).entries);
    changed.add(jar.toString());
    return new ClassPath(changed);
  }

  /** Removes {@code artifact}. */
  public ClassPath without(String artifact) {
    List<String> changed =
        entries.stream()
            .filter(entry -> !isVersionOf(artifact, entry))
            .collect(Collectors.toList());
    if (changed.size() != entries.size() - 1) {
      throw new IllegalStateException(artifact + " is not once on the class path: " + entries);
    }
    return new ClassPath(changed);
  }

  /** Returns the jar of {@code artifact}. */
  public Path jarOf(String artifact) {
    return entries.stream()
        .filter(entry -> isVersionOf(artifact, entry))
        .map(Path::of)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isVersionOf(String artifact, String entry) {
    return Path.of(entry).getFileName().toString().matches(artifact + "-\\d.*\\.jar");
  }

  @Override
  public String toString() {
    return String.join(File.pathSeparator, entries);
  }
}
