package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The messages that {@code docs/when-things-go-wrong.md} quotes are those of the sources.
 *
 * <p>Goal: what an engineer searches for in that page is what the log says. Method: a cell of its
 * two tables of messages holds one or more quotes, separated by semicolons, with {@code …} for what
 * differs from time to time. The constant parts of a quote all occur in the string constants of one
 * source file; a word in capitals occurs there as the name of a constant.
 */
class QuotedMessagesTest {
  private static final String PAGE = "docs/when-things-go-wrong.md";
  private static final Pattern COMMENT = Pattern.compile("^\\s*(?:/?\\*|//).*$", Pattern.MULTILINE);
  private static final Pattern CONCATENATION = Pattern.compile("(?<!\\\\)\"\\s*\\+\\s*\"");
  private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");
  private static final Pattern CONSTANT = Pattern.compile("[A-Z_]+");

  @Test
  void each_quoted_message_is_in_the_sources() {
    String page = SourceFile.at(PAGE).text();
    List<Messages> sources =
        SourceFile.javaUnder("src/main/java").stream().map(Messages::of).toList();
    List<String> quotes =
        Stream.concat(
                quotes(page, "Mistakes that the message names", 1),
                quotes(page, "Lines in the log", 2))
            .toList();

    assertThat(quotes).hasSizeGreaterThan(25);
    assertThat(quotes)
        .allSatisfy(
            quote -> assertThat(sources).as(quote).anyMatch(source -> source.contains(quote)));
  }

  @Test
  void a_message_that_differs_is_noticed() {
    Messages messages =
        Messages.of(
            new SourceFile(
                SourceFile.ROOT.resolve("A.java"),
                "  // \"in a comment\"\n log(file + \": took \"\n + ms + \" ms, \"\n + \"too long\", LOUD);"));

    assertThat(messages.contains("…: took … ms, too long")).isTrue();
    assertThat(messages.contains("took … LOUD")).isTrue();
    assertThat(messages.contains("took … ms, far too long")).isFalse();
    assertThat(messages.contains("took: LOUD")).isFalse();
    assertThat(messages.contains(": took … ms, too long: LOUD")).isFalse();
    assertThat(messages.contains("in a comment")).isFalse();
  }

  /** Returns the quotes in a column, from 1, of the table below a heading. */
  private static Stream<String> quotes(String page, String heading, int column) {
    int start = page.indexOf("\n## " + heading + "\n");
    assertThat(start).as(heading).isNotNegative();
    return page.substring(start + 1)
        .lines()
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.startsWith("|"))
        .skip(2) // the head of the table
        .flatMap(line -> Arrays.stream(line.split("\\|", -1)[column].split(";", -1)))
        .map(String::strip);
  }

  /** What a source file says, and its code. */
  private record Messages(String constants, String code) {
    static Messages of(SourceFile file) {
      String code = COMMENT.matcher(file.text()).replaceAll("");
      String joined = CONCATENATION.matcher(code).replaceAll("");
      List<String> strings =
          STRING.matcher(joined).results().map((MatchResult found) -> found.group(1)).toList();
      return new Messages(String.join("\n", strings), code);
    }

    boolean contains(String quote) {
      return Arrays.stream(quote.split("…", -1))
          .flatMap(part -> Arrays.stream(part.split("(?<=: )(?=[A-Z_]+$)", -1)))
          .map(String::strip)
          .allMatch(part -> constants.contains(part) || isConstant(part));
    }

    private boolean isConstant(String word) {
      return CONSTANT.matcher(word).matches()
          && Pattern.compile("\\b" + word + "\\b").matcher(code).find();
    }
  }
}
