package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testing.ClassPath;
import dev.belay.testing.Commands;
import dev.belay.testing.TestOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a module that requires Belay runs on the module path with the flag that the guide names.
 * Method: a module is compiled against the jars and run in a JVM of its own.
 */
class ModulePathTest {
  private static final String MAIN =
      """
      package host;
      import dev.belay.Belay;
      import dev.belay.queue.NewWork;
      import dev.belay.session.SessionCommit;
      import java.nio.file.Path;
      public class Main {
        public static void main(String[] args) {
          if (!Belay.class.getModule().isNamed()) {
            throw new IllegalStateException("Belay is not a module");
          }
          try (Belay belay = Belay.open(Path.of(args[0]))) {
            belay.useWrite(tx -> tx.handle().execute("CREATE TABLE mine (a)"));
            belay.queue("q").enqueue(NewWork.of("w"));
            belay.sessions().commit(SessionCommit.to("s", 0).state("x")).orThrow();
          }
        }
      }
      """;

  @TempDir private Path dir;

  @Test
  void a_module_that_requires_belay_runs_with_the_flag_that_the_guide_names() throws IOException {
    assertThat(Files.readString(Path.of("docs/upgrade.md")))
        .contains("--add-modules ALL-MODULE-PATH");
    Path sources = Files.createDirectories(dir.resolve("src/host"));
    Path classes = Files.createDirectory(dir.resolve("classes"));
    Path info =
        Files.writeString(
            sources.resolveSibling("module-info.java"), "module host { requires dev.belay; }");
    Path main = Files.writeString(sources.resolve("Main.java"), MAIN);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "--module-path",
                modules(),
                "-d",
                classes.toString(),
                info.toString(),
                main.toString());
    assertThat(compiled).isZero();
    Path file = dir.resolve("belay.db");

    boolean ran =
        Commands.succeeds(
            List.of(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dorg.sqlite.tmpdir=" + dir,
            "--module-path",
            modules() + File.pathSeparator + classes,
            "--add-modules",
            "ALL-MODULE-PATH",
            "--module",
            "host/host.Main",
            file.toString());

    assertThat(ran).isTrue();
    try (Belay belay = Belay.open(file, TestOptions.defaults())) {
      assertThat(belay.sessions().find("s")).isPresent();
    }
  }

  private static String modules() {
    ClassPath jars = ClassPath.ofThisJvm();
    return Stream.concat(
            Stream.of(Path.of(System.getProperty("belay.jar", "target/belay-0.1.0-SNAPSHOT.jar"))),
            Stream.of(
                    "jdbi3-core",
                    "jdbi3-sqlobject",
                    "geantyref",
                    "slf4j-api",
                    "sqlite-jdbc",
                    "flyway-core",
                    "jspecify")
                .map(jars::jarOf))
        .map(path -> path.toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
