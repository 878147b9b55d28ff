package dev.belay.benchmarks.processes;

import dev.belay.benchmarks.peer.ChildOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a child JVM is started. Immutable.
 *
 * <p>It is the Java of this JVM, with this JVM's class path. All children are small JVMs with the
 * serial collector, whatever they measure: several that collect with many threads each would
 * measure each other's collectors. {@code -Dbenchmarks.child.options} adds options of your own.
 */
record JavaCommand(List<String> options, String classPath) {
  private static final List<String> OPTIONS =
      List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx256m");

  JavaCommand {
    options = List.copyOf(options);
  }

  static JavaCommand ofThisJvm() {
    List<String> options = new ArrayList<>(OPTIONS);
    options.addAll(ChildOptions.given());
    return new JavaCommand(options, System.getProperty("java.class.path"));
  }

  JavaCommand withOption(String option) {
    List<String> changed = new ArrayList<>(options);
    changed.add(option);
    return new JavaCommand(changed, classPath);
  }

  JavaCommand withClassPath(String classPath) {
    return new JavaCommand(options, classPath);
  }

  Process start(Class<? extends Task> task, Settings settings) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    // Where the driver unpacks its library: deleted with the rest, also after a kill.
    line.add("-Djava.io.tmpdir=" + settings.file().getParent());
    line.add(TaskMain.class.getName());
    line.add(task.getName());
    line.addAll(settings.arguments());
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    // By the environment: a build's class path may be longer than a command line may. If it is one
    // jar that only names the others, the child finds them as this JVM did.
    builder.environment().put("CLASSPATH", classPath);
    return builder.start();
  }
}
