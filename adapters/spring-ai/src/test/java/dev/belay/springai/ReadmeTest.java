package dev.belay.springai;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The README is true.
 *
 * <p>Goal: its code runs, and its promises have tests. Method: the code is compared with a test
 * that runs it, the names with files.
 */
class ReadmeTest {
  private static final Path TESTS = Path.of("src/test/java/dev/belay/springai");

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  @Test
  void its_code_is_tested() throws IOException {
    List<MatchResult> snippets =
        Pattern.compile("<!-- tested: (\\w+\\.java)#(\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL)
            .matcher(readme())
            .results()
            .toList();
    assertThat(snippets).hasSize(1);
    for (MatchResult snippet : snippets) {
      String test = Files.readString(TESTS.resolve(snippet.group(1)));
      String start = "// snippet: " + snippet.group(2) + "\n";
      int from = test.indexOf(start) + start.length();
      int end = test.lastIndexOf('\n', test.indexOf("// end: " + snippet.group(2)));
      assertThat(snippet.group(3)).isEqualTo(test.substring(from, end).stripIndent() + "\n");
    }
  }

  @Test
  void its_dependency_is_this() throws IOException {
    Map<String, String> said = new TreeMap<>();
    Pattern.compile("<(groupId|artifactId|version)>([^<]+)<")
        .matcher(readme())
        .results()
        .forEach(found -> said.put(found.group(1), found.group(2)));
    assertThat(said).hasSize(3);
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<artifactId>" + said.get("artifactId") + "</artifactId>\n\n  <name>")
        .contains("<version>" + said.get("version") + "</version>\n    <relativePath>");
  }

  @Test
  void its_promises_have_tests() throws IOException {
    List<String> named =
        Pattern.compile("`(\\w+Test)`").matcher(readme()).results().map(at -> at.group(1)).toList();
    assertThat(named).hasSize(6).allMatch(test -> Files.exists(TESTS.resolve(test + ".java")));
  }
}
