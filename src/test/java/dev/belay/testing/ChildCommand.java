package dev.belay.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts a {@link ChildJvm}: the main class, its arguments, options and class
 * path. Immutable, safe for use by many threads; every {@code with…} returns a changed copy.
 */
public final class ChildCommand {
  /** Options for a small JVM that starts quickly: a test starts dozens of short-lived children. */
  private static final List<String> QUICK_START =
      List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m");

  /** The system properties that a child inherits from this JVM, if they are set. */
  private static final List<String> PASSED_ON =
      List.of("java.util.logging.config.file", TestOptions.COMMIT_GROUP_MAX);

  private final Class<?> main;
  private final List<String> arguments;
  private final List<String> jvmOptions;
  private final List<String> wrapper;
  private final @Nullable Path directory;
  private final String classPath;

  private ChildCommand(
      Class<?> main,
      List<String> arguments,
      List<String> jvmOptions,
      List<String> wrapper,
      @Nullable Path directory,
      String classPath) {
    this.main = main;
    this.arguments = List.copyOf(arguments);
    this.jvmOptions = List.copyOf(jvmOptions);
    this.wrapper = List.copyOf(wrapper);
    this.directory = directory;
    this.classPath = classPath;
  }

  /** Returns a command that runs {@code main} with the {@code toString()} of each argument. */
  public static ChildCommand of(Class<?> main, Object... arguments) {
    List<String> texts = new ArrayList<>();
    for (Object argument : arguments) {
      texts.add(argument.toString());
    }
    return new ChildCommand(
        main, texts, QUICK_START, List.of(), null, System.getProperty("java.class.path"));
  }

  /** Replaces the options for a small JVM that starts quickly. */
  public ChildCommand withJvmOptions(String... options) {
    return new ChildCommand(main, arguments, List.of(options), wrapper, directory, classPath);
  }

  /**
   * Sets a command through which the JVM is started. It must replace itself by the JVM (as {@code
   * setpriv} and {@code sh -c 'exec "$@"'} do); a command that stays would receive the signals.
   */
  public ChildCommand withWrapper(List<String> command) {
    return new ChildCommand(main, arguments, jvmOptions, command, directory, classPath);
  }

  /** Sets the working directory, against which the child resolves relative paths. */
  public ChildCommand withDirectory(Path directory) {
    return new ChildCommand(main, arguments, jvmOptions, wrapper, directory, classPath);
  }

  /** Sets a class path in place of this JVM's. */
  public ChildCommand withClassPath(String classPath) {
    return new ChildCommand(main, arguments, jvmOptions, wrapper, directory, classPath);
  }

  /** Starts the child. The caller closes it. */
  public ChildJvm start() {
    try {
      // The driver unpacks its native library there, and a killed JVM cannot clean up after itself.
      Path scratch = Files.createTempDirectory("belay-child-");
      return new ChildJvm(main.getSimpleName(), start(scratch), scratch);
    } catch (IOException e) {
      throw new UncheckedIOException("could not start " + main.getName(), e);
    }
  }

  private Process start(Path scratch) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(commandLine(scratch));
    if (directory != null) {
      builder.directory(directory.toFile());
    }
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Map<String, String> environment = builder.environment();
    // In the environment, because a command line has a limit and Maven's class paths are long.
    environment.put("CLASSPATH", classPath);
    // Otherwise, with a plain C locale, the child could not name a file with non-ASCII letters.
    environment.put("LC_ALL", "C.UTF-8");
    return builder.start();
  }

  private List<String> commandLine(Path scratch) {
    List<String> line = new ArrayList<>(wrapper);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvmOptions);
    if (Runtime.version().feature() >= 24) {
      // From this version on the JVM warns, later refuses, when the driver loads its native
      // library.
      line.add("--enable-native-access=ALL-UNNAMED");
    }
    // Standard output is for the lines of the child only; that of the JVM goes to its errors.
    line.add("-XX:+DisplayVMOutputToStderr");
    line.add("-Dorg.sqlite.tmpdir=" + scratch);
    for (String property : PASSED_ON) {
      String value = System.getProperty(property);
      if (value != null) {
        line.add("-D" + property + "=" + value);
      }
    }
    line.add(main.getName());
    line.addAll(arguments);
    return line;
  }
}
