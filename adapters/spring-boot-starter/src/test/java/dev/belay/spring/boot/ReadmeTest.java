package dev.belay.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code of the README is that of tests that run. */
class ReadmeTest {
  private static final Pattern QUOTED =
      Pattern.compile(
          "<!-- tested: (\\w+\\.java)#([\\w-]+) -->\n```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void its_code_is_tested() {
    List<MatchResult> quotes = QUOTED.matcher(Readme.text()).results().toList();
    assertThat(quotes).hasSize(4);
    assertThat(quotes)
        .allSatisfy(
            quote -> assertThat(quote.group(3)).isEqualTo(snippet(quote.group(1), quote.group(2))));
  }

  private static String snippet(String file, String name) {
    String text =
        Readme.read(Path.of("src", "test", "java", "dev", "belay", "spring", "boot", file));
    String begin = "// snippet: " + name + "\n";
    int from = text.indexOf(begin);
    int to = text.indexOf("// end: " + name + "\n", from);
    assertThat(from).as(file + "#" + name).isNotNegative().isLessThan(to);
    return text.substring(from + begin.length(), text.lastIndexOf('\n', to) + 1)
        .stripTrailing() // the line of the end would count as one without an indent
        .stripIndent()
        .strip()
        .concat("\n");
  }
}
