package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.store.StoreException;
import dev.belay.testing.ChildCommand;
import dev.belay.testing.ChildJvm;
import dev.belay.testing.Parent;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Goal: an application that starts with the sqlite-jdbc of an older Spring Boot is told which
 * property to set. Method: the real library, in a child JVM that writes its log to its output.
 */
class LibraryFailureAnalyzerTest {
  @TempDir Path folder;

  /** Starts an application on the file of its argument. */
  @SpringBootConfiguration
  @ImportAutoConfiguration(BelayAutoConfiguration.class)
  static class Child {
    public static void main(String... arguments) {
      new Parent().follow();
      SpringApplication.run(
          Child.class, "--belay.file=" + arguments[0], "--spring.main.web-application-type=none");
    }
  }

  @Test
  void the_sqlite_of_an_older_boot_is_refused_with_the_property_to_set() {
    try (ChildJvm child =
        ChildCommand.of(Child.class, folder.resolve("store.db"))
            .withClassPath(ChildClassPath.withSqlite("3.50.3.0")) // what Boot 4.0.7 manages
            .start()) {
      List<String> log = child.remainingLines();

      assertThat(log)
          .contains(
              "Belay cannot open its store with org.xerial:sqlite-jdbc 3.50.3.0.",
              "Spring Boot manages this version. Set the property sqlite-jdbc.version to 3.51.3 or"
                  + " newer: in the <properties> of the POM, or in Gradle by"
                  + " ext['sqlite-jdbc.version'].");
      assertThat(folder.resolve("store.db")).doesNotExist();
    }
  }

  @Test
  void a_library_that_boot_does_not_manage_has_no_property() {
    FailureAnalysis analysis =
        analyze(
            "org.jdbi:jdbi3-core 3.51.0 on the class path is too old; 3.52.0 or newer is needed");

    assertThat(analysis.getAction()).isEqualTo("Use org.jdbi:jdbi3-core 3.52.0 or newer.");
  }

  @Test
  void another_failure_is_left_to_others() {
    assertThat(analyze("no room on the disk")).isNull();
  }

  private static FailureAnalysis analyze(String message) {
    return new LibraryFailureAnalyzer().analyze(new StoreException(message, null));
  }
}
