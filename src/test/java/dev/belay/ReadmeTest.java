package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's commands are those that a change must pass; its code: {@link DocumentsTest}. */
class ReadmeTest {
  private static final Pattern COMMAND = Pattern.compile("^(mvn|java) .*$", Pattern.MULTILINE);

  private static final String JOB = "mvn -q test-compile exec:exec -Dbelay.keep=target/agents.db";
  private static final String TOOLS =
      "mvn -q -f all/pom.xml -pl ..,../tools/dashboard,../tools/cli -DskipTests ";
  private static final String ADAPTERS =
      "mvn -f all/pom.xml -pl \"..,../conformance$(printf ',../%s' adapters/*/pom.xml)\""
          + " -DskipTests verify";
  private static final String CLI =
      "java -jar tools/cli/target/belay-cli-0.1.0-SNAPSHOT.jar -f target/agents.db ";

  @Test
  void the_readmes_commands_are_the_ones_that_gate_a_change() {
    assertThat(commands(SourceFile.at(".ci/run").text()))
        .containsExactly("mvn verify", JOB, TOOLS + "verify", CLI + "check", ADAPTERS);
    assertThat(commands(SourceFile.at("README.md").text()))
        .containsExactly(
            JOB, TOOLS + "-Dbelay.tools.skipTests package", CLI + "dashboard", "mvn verify");
  }

  /** Commands as typed, one a line; a comment behind one is not part of it. */
  private static Stream<String> commands(String text) {
    return COMMAND.matcher(text).results().map(line -> line.group().replaceFirst("\\s+#.*", ""));
  }
}
