package dev.belay.adk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The README's code is tested, and so are its promises.
 *
 * <p>Goal: what a newcomer copies compiles and runs. Method: above each block of code stands {@code
 * <!-- tested: File#name -->}; the block equals what stands in that file between the comments
 * {@code snippet: name} and {@code end: name}, without its indentation. Each row of a table names a
 * test that there is.
 */
class ReadmeTest {
  private static final Pattern BLOCK =
      Pattern.compile("(?:<!-- tested: (\\S+)#(\\S+) -->\n)?```(\\w+)\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern PROMISE = Pattern.compile("`(\\w+)#(\\w+)` \\|$", Pattern.MULTILINE);

  @Test
  void each_block_of_code_equals_its_tested_snippet() throws Exception {
    List<MatchResult> blocks =
        BLOCK.matcher(Files.readString(Path.of("README.md"))).results().toList();
    assertThat(blocks).hasSize(2);
    for (MatchResult block : blocks) {
      assertThat(block.group(1)).as("%s", block.group(4)).isNotNull();
      assertThat(block.group(4)).isEqualTo(snippet(Path.of(block.group(1)), block.group(2)));
    }
  }

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

  private static String snippet(Path file, String name) throws Exception {
    String text = Files.readString(file);
    MatchResult found =
        Pattern.compile(
                "^ *(?://|<!--) snippet: " + name + "(?: -->)?\n(.*?)^ *(?://|<!--) end: " + name,
                Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(text)
            .results()
            .findFirst()
            .orElseThrow();
    return found.group(1).stripTrailing().stripIndent() + "\n";
  }
}
