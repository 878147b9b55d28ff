package dev.belay.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts processes with the JDK of this one. Stateless, safe for use by many threads. */
final class Child {
  private static final long PATIENCE_MINUTES = 5;

  private Child() {}

  /** A process that runs a class of the tests. */
  static Process start(Class<?> main, String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(args));
    return java(command, Map.of());
  }

  /** A process of {@code java} with these arguments. */
  static Process java(List<String> args, Map<String, String> environment) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("BELAY_FILE");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Waits until a process says {@code line}. */
  static void awaitLine(Process process, String line) throws IOException {
    BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
    String said = reader.readLine();
    if (!line.equals(said)) {
      throw new AssertionError(
          said + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Waits for the end of a process, and returns its exit code. */
  static int exitOf(Process process) throws InterruptedException {
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("the process does not end");
    }
    return process.exitValue();
  }
}
