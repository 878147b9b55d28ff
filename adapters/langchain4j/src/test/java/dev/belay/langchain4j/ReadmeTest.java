package dev.belay.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's Java is a tested file, and can be read in one go. */
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final Path TESTS = Path.of("src/test/java/dev/belay/langchain4j");
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:^<!-- tested: (\\w+\\.java)#([\\w-]+) -->\\n)?^```java\\n(.*?)^```$",
          Pattern.DOTALL | Pattern.MULTILINE);

  @Test
  void every_block_of_code_equals_its_tested_snippet() throws IOException {
    List<MatchResult> blocks = BLOCK.matcher(Files.readString(README)).results().toList();
    assertThat(blocks).isNotEmpty();
    for (MatchResult block : blocks) {
      assertThat(block.group(1)).as("untested block:%n%s", block.group(3)).isNotNull();
      String source = Files.readString(TESTS.resolve(block.group(1)));
      assertThat(block.group(3)).isEqualTo(snippet(source, block.group(2)));
    }
  }

  @Test
  void it_is_one_screen() throws IOException {
    assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(90);
  }

  private static String snippet(String source, String name) {
    Pattern region =
        Pattern.compile(
            "^ *// snippet: " + name + "\\n(.*?)^ *// end: " + name + "$",
            Pattern.DOTALL | Pattern.MULTILINE);
    List<MatchResult> found = region.matcher(source).results().toList();
    assertThat(found).as("snippets named %s", name).hasSize(1);
    return found.get(0).group(1).stripTrailing().stripIndent() + "\n";
  }
}
