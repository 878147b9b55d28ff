package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each promise of the README names a test that there is. */
class ReadmeTest {
  private static final Pattern PROMISE = Pattern.compile("`(\\w+)#(\\w+)` \\|$", Pattern.MULTILINE);

  @Test
  void each_promise_has_its_test() throws Exception {
    List<MatchResult> promises =
        PROMISE.matcher(Files.readString(Path.of("README.md"))).results().toList();
    assertThat(promises).hasSizeGreaterThan(5);
    for (MatchResult promise : promises) {
      Path file = Path.of("src/test/java/dev/belay/adk", promise.group(1) + ".java");
      assertThat(Files.readString(file)).contains("void " + promise.group(2) + "(");
    }
  }
}
