package dev.belay.benchmarks.queue;

import dev.belay.benchmarks.peer.ChildOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * Runs a main class in a JVM of its own, with memory limits of its own. Belongs to one thread.
 *
 * <p>The child writes what it measured as a properties file; what it prints goes where ours goes.
 */
final class ChildJvm {
  private static final long LIMIT_MINUTES = 20;

  private ChildJvm() {}

  /**
   * What the child measured.
   *
   * @throws IllegalStateException if it ended with anything but 0, as after an OutOfMemoryError
   */
  static Properties run(List<String> jvmOptions, Class<?> main, Path result, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(ChildOptions.given());
    command.add("-XX:+ExitOnOutOfMemoryError");
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    command.add("-classpath");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.add(result.toString());
    command.addAll(List.of(arguments));
    Process child =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.INHERIT)
            .redirectError(Redirect.INHERIT)
            .start();
    try {
      if (!child.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES) || child.exitValue() != 0) {
        throw new IllegalStateException(
            main.getSimpleName()
                + " with "
                + jvmOptions
                + (child.isAlive() ? " is still running" : " ended with " + child.exitValue()));
      }
    } finally {
      child.destroyForcibly();
    }
    Properties measured = new Properties();
    try (var reader = Files.newBufferedReader(result)) {
      measured.load(reader);
    }
    return measured;
  }

  /** For the child: writes what it measured. */
  static void report(Path result, Properties measured) throws IOException {
    try (var writer = Files.newBufferedWriter(result)) {
      measured.store(writer, null);
    }
  }
}
