package dev.belay.springai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each promise of the README names a test that there is. */
class ReadmeTest {
  private static final Path TESTS = Path.of("src/test/java/dev/belay/springai");

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  @Test
  void its_promises_have_tests() throws IOException {
    List<String> named =
        Pattern.compile("`(\\w+Test)`").matcher(readme()).results().map(at -> at.group(1)).toList();
    assertThat(named).hasSize(6).allMatch(test -> Files.exists(TESTS.resolve(test + ".java")));
  }
}
