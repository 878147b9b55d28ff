package dev.belay.benchmarks.child;

import dev.belay.benchmarks.peer.Scratch;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a child JVM is started: the Java of this JVM, with this JVM's class path. Immutable; every
 * {@code with} returns a changed copy.
 *
 * <p>{@code -Dbenchmarks.child.options} adds options of your own to every child's, behind the
 * others: the last one counts.
 */
public record JavaCommand(List<String> options, String classPath) {
  /** Takes a copy of the options. */
  public JavaCommand {
    options = List.copyOf(options);
  }

  /**
   * With the JVM's own defaults. The driver unpacks its library into the scratch folder: deleted
   * with the rest, also after a kill.
   */
  public static JavaCommand in(Scratch scratch) {
    JavaCommand java = new JavaCommand(List.of(), System.getProperty("java.class.path"));
    return java.with("--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=" + scratch.folder());
  }

  /**
   * A small JVM with the serial collector: several that collect with many threads each would
   * measure each other's collectors.
   */
  public static JavaCommand small(Scratch scratch) {
    return in(scratch).with("-XX:+UseSerialGC", "-Xmx256m");
  }

  /** With more options. */
  public JavaCommand with(String... more) {
    List<String> changed = new ArrayList<>(options);
    changed.addAll(List.of(more));
    return new JavaCommand(changed, classPath);
  }

  /** With another class path. */
  public JavaCommand withClassPath(String classPath) {
    return new JavaCommand(options, classPath);
  }

  /** The process that runs {@code main}, not yet started; its errors go where ours go. */
  public ProcessBuilder process(Class<?> main, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(given());
    line.add(main.getName());
    line.addAll(arguments);
    ProcessBuilder process = new ProcessBuilder(line).redirectError(Redirect.INHERIT);
    // By the environment: a build's class path may be longer than a command line may. If it is one
    // jar that only names the others, the child finds them as this JVM did.
    process.environment().put("CLASSPATH", classPath);
    return process;
  }

  private static List<String> given() {
    String given = System.getProperty("benchmarks.child.options", "");
    return given.isBlank() ? List.of() : List.of(given.trim().split("\\s+"));
  }
}
