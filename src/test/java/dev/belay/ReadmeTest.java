package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The README's code is a tested file.
 *
 * <p>Goal: what a newcomer copies compiles, runs and passes. Method: above each Java block stands
 * {@code <!-- tested: File.java#name -->}; the block equals what stands in that file of {@code
 * src/test/java/dev/belay/examples} between the lines {@code // snippet: name} and {@code // end:
 * name}, without its indentation.
 */
class ReadmeTest {
  private static final int LINES_MAX = 170;
  private static final String EXAMPLES = "src/test/java/dev/belay/examples/";

  private static final Pattern JAVA_BLOCK =
      Pattern.compile(
          "(?:^<!-- tested: (\\w+\\.java)#([\\w-]+) -->\\n)?^```java\\n(.*?)^```$",
          Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern COMMAND = Pattern.compile("^mvn .*$", Pattern.MULTILINE);

  @Test
  void every_java_block_equals_its_tested_snippet() {
    List<MatchResult> blocks = JAVA_BLOCK.matcher(readme()).results().toList();

    assertThat(blocks).isNotEmpty();
    for (MatchResult block : blocks) {
      assertThat(block.group(1)).as("untested block:%n%s", block.group(3)).isNotNull();
      SourceFile source = SourceFile.at(EXAMPLES + block.group(1));
      assertThat(block.group(3)).isEqualTo(snippet(source.text(), block.group(2)));
    }
  }

  @Test
  void a_snippet_is_cut_out_without_its_indentation() {
    String source = "class A {\n  // snippet: b\n  int c;\n\n    int d;\n  // end: b\n}\n";

    assertThat(snippet(source, "b")).isEqualTo("int c;\n\n  int d;\n");
  }

  @Test
  void the_readme_can_be_read_in_one_go() {
    assertThat(readme().lines().count()).isLessThanOrEqualTo(LINES_MAX);
  }

  @Test
  void the_readmes_commands_are_the_ones_that_gate_a_change() {
    assertThat(commands(SourceFile.at(".ci/run").text()))
        .containsExactly("mvn verify", "mvn -q test-compile exec:exec");
    assertThat(commands(readme())).contains("mvn verify", "mvn -q test-compile exec:exec");
  }

  /** Commands as typed, one a line; a comment behind one is not part of it. */
  private static Stream<String> commands(String text) {
    return COMMAND.matcher(text).results().map(line -> line.group().replaceFirst("\\s+#.*", ""));
  }

  private static String snippet(String source, String name) {
    Pattern region =
        Pattern.compile(
            "^ *// snippet: " + name + "\\n(.*?)^ *// end: " + name + "$",
            Pattern.DOTALL | Pattern.MULTILINE);
    List<MatchResult> found = region.matcher(source).results().toList();
    assertThat(found).as("snippets named %s", name).hasSize(1);
    // A last line break would count as a line without indentation.
    return found.get(0).group(1).stripTrailing().stripIndent() + "\n";
  }

  private static String readme() {
    return SourceFile.at("README.md").text();
  }
}
