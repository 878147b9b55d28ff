package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's commands are those that a change must pass; its code: {@link DocumentsTest}. */
class ReadmeTest {
  private static final Pattern COMMAND = Pattern.compile("^mvn .*$", Pattern.MULTILINE);

  @Test
  void the_readmes_commands_are_the_ones_that_gate_a_change() {
    assertThat(commands(SourceFile.at(".ci/run").text()))
        .startsWith("mvn verify", "mvn -q test-compile exec:exec");
    assertThat(commands(SourceFile.at("README.md").text()))
        .containsExactly("mvn -q test-compile exec:exec", "mvn verify");
  }

  /** Commands as typed, one a line; a comment behind one is not part of it. */
  private static Stream<String> commands(String text) {
    return COMMAND.matcher(text).results().map(line -> line.group().replaceFirst("\\s+#.*", ""));
  }
}
