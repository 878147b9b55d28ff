package dev.belay.benchmarks.postgres;

import dev.belay.benchmarks.Effort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * graphile-worker, which npm installs into a temporary folder when it is first needed; nobody has
 * it where there is no Node.js. Stateless.
 */
final class Graphile {
  static final String VERSION = "0.17.3"; // the newest for Node.js before 22

  private static final long INSTALL_SECONDS = 120;

  private Graphile() {}

  /** Installed once a JVM, or told why not. */
  private static final class Installed {
    static final Optional<Path> FOLDER = install();

    private static Optional<Path> install() {
      try {
        Path folder = Files.createTempDirectory("belay-benchmark-graphile-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        for (String script : List.of("queue.cjs", "migrate.cjs", "handler.cjs")) {
          try (InputStream text = Graphile.class.getResourceAsStream("/graphile/" + script)) {
            Files.copy(text, folder.resolve(script));
          }
        }
        Process npm =
            new ProcessBuilder(
                    "npm",
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--loglevel=error",
                    "graphile-worker@" + VERSION)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS) || npm.exitValue() != 0) {
          npm.destroyForcibly();
          return leftOut("npm could not install it");
        }
        return Optional.of(folder);
      } catch (IOException e) {
        return leftOut(e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return leftOut("interrupted while npm installed it");
      }
    }

    private static Optional<Path> leftOut(String reason) {
      System.out.println("  graphile-worker is left out: " + reason);
      return Optional.empty();
    }

    private static void delete(Path folder) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Whether it can be measured here. Installs it, but not for a run that measures nothing. */
  static boolean isHere(Effort effort) {
    return effort != Effort.SMOKE && Installed.FOLDER.isPresent();
  }

  /** Where it is installed: a folder for the processes that this one starts. */
  static Path folder() {
    return Installed.FOLDER.orElseThrow();
  }

  /** Runs one of the scripts with the place of its store, which it makes, and more arguments. */
  static Process start(Path folder, String script, String jdbcUrl, String schema, String... more)
      throws IOException {
    List<String> line = new ArrayList<>(List.of("node", script, connectionString(jdbcUrl), schema));
    line.addAll(Arrays.asList(more));
    return new ProcessBuilder(line)
        .directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** All that a process says, which has to end well. */
  static String outputOf(Process process) throws IOException, InterruptedException {
    try (InputStream out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("graphile-worker failed, see standard error");
      }
      return said.trim();
    } finally {
      process.destroyForcibly();
    }
  }

  /** The URL as libpq has it: {@code currentSchema} and the like are JDBC's own. */
  private static String connectionString(String jdbcUrl) {
    String url = jdbcUrl.substring("jdbc:".length());
    int question = url.indexOf('?');
    String parameters =
        Stream.of(url.substring(question + 1).split("&"))
            .filter(each -> each.startsWith("user=") || each.startsWith("password="))
            .reduce((one, other) -> one + "&" + other)
            .orElse("");
    return url.substring(0, question) + "?" + parameters;
  }
}
