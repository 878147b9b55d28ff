package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What users find in the jar.
 *
 * <p>Goal: a host with a Flyway of its own starts, and reads no migration of ours. Method: the jar
 * itself, which the build packs before it runs the tests.
 */
class PackagingTest {
  private static final String MIGRATIONS = "dev/belay/db/migration/";
  private static final int JAVA_17 = 61;

  private JarFile jar;

  @BeforeEach
  void open() throws IOException {
    jar = new JarFile(System.getProperty("belay.jar", "target/belay-0.1.0-SNAPSHOT.jar"));
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void nothing_lies_where_a_hosts_flyway_looks() {
    assertThat(entries()).noneMatch(name -> name.startsWith("db/"));
  }

  @Test
  void the_jar_holds_our_packages_and_its_own_description_only() {
    assertThat(entries())
        .allMatch(name -> name.equals("dev/") || name.matches("(dev/belay/|META-INF/).*"))
        .noneMatch(name -> name.endsWith("Test.class"))
        .contains("META-INF/LICENSE");
  }

  @Test
  void every_migration_is_in_the_jar_under_our_package() throws IOException {
    assertThat(migrationsInSources()).isNotEmpty();
    assertThat(entries().stream().filter(name -> name.matches(MIGRATIONS + ".+")))
        .containsExactlyInAnyOrderElementsOf(migrationsInSources());
  }

  @Test
  void the_module_name_is_ours() throws IOException {
    assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
        .isEqualTo("dev.belay");
  }

  @Test
  void every_class_runs_on_java_17() throws IOException {
    for (String name : entries()) {
      if (name.endsWith(".class")) {
        try (DataInputStream in = new DataInputStream(jar.getInputStream(jar.getEntry(name)))) {
          in.skipNBytes(6);
          assertThat(in.readUnsignedShort()).as(name).isEqualTo(JAVA_17);
        }
      }
    }
  }

  private List<String> entries() {
    return jar.stream().map(JarEntry::getName).toList();
  }

  private static List<String> migrationsInSources() throws IOException {
    Path folder = SourceFile.ROOT.resolve("src/main/resources/db/migration");
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> MIGRATIONS + file.getFileName()).toList();
    }
  }
}
