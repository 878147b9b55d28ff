package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The main sources and the documents are written in plain technical English.
 *
 * <p>Goal: an engineer whose first language is another one reads a sentence once. Method: a short
 * list of idioms, each with what to write instead, is searched for in comments, messages and
 * documents; a line break in a sentence counts as a blank.
 */
class PlainEnglishTest {
  private static final List<String> DOCUMENTS =
      List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md");

  private static final Map<String, String> INSTEAD =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("anew", "again, or what happens: the log is reset"),
              Map.entry("anybody", "any caller, another process"),
              Map.entry("anyhow", "in any case"),
              Map.entry("are told", "are notified of, are answered"),
              Map.entry("be it", "even if, also as"),
              Map.entry("be told", "is notified of, gets the answer"),
              Map.entry("big end first", "big-endian"),
              Map.entry("by and by", "later, in batches"),
              Map.entry("ever fewer", "fewer each time"),
              Map.entry("everybody", "every caller, every body"),
              Map.entry("for want of", "without, because there is no"),
              Map.entry("hangs on", "depends on"),
              Map.entry("how many that were", "returns the number of"),
              Map.entry("how much that was", "returns the number of"),
              Map.entry("is told", "is notified of, gets the answer"),
              Map.entry("keeps nobody waiting", "no other thread waits for it"),
              Map.entry("kin", "similar methods"),
              Map.entry("leaves that open", "after it that is unknown"),
              Map.entry("lest", "so that … not"),
              Map.entry("live no more", "no longer live"),
              Map.entry("nobody", "no process, no caller, no thread"),
              Map.entry("once in a while", "at most once a second, rarely"),
              Map.entry("past its", "after its, longer than its"),
              Map.entry("somebody", "a caller, another process"),
              Map.entry("stands apart", "is separate"),
              Map.entry("stands at", "is at"),
              Map.entry("stands behind", "is behind"),
              Map.entry("stands by", "is on standby"),
              Map.entry("stands in", "is in, waits in"),
              Map.entry("stands still", "makes no progress, does not move"),
              Map.entry("stood still", "made no progress"),
              Map.entry("to be had", "available, could be started"),
              Map.entry("told of", "notified of"),
              Map.entry("told otherwise", "by default; if it is not set"),
              Map.entry("was told", "was notified of, got the answer"),
              Map.entry("what came of", "the result of"),
              Map.entry("what has become of", "the new state of, the fate of"),
              Map.entry("who finds nobody", "a thread that finds none"),
              Map.entry("whoever", "any caller that"),
              Map.entry("whom", "which holder, which process"),
              Map.entry("whomever", "any program")));

  private static final Pattern IDIOM =
      Pattern.compile(
          "\\b(?:" + String.join("|", INSTEAD.keySet()) + ")\\b", Pattern.CASE_INSENSITIVE);

  /** A line break, with the indentation and the comment mark of the next line. */
  private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\n\\s*(?:\\*(?!/)|//|--)?\\s*");

  @Test
  void no_idiom_stands_where_a_plain_word_does() {
    List<SourceFile> files = new ArrayList<>(SourceFile.javaUnder("src/main/java"));
    files.addAll(SourceFile.javaUnder("tools/cli/src/main/java"));
    files.addAll(SourceFile.under("src/main/resources", ".sql")); // frozen by their checksums
    files.addAll(SourceFile.under("docs", ".md"));
    DOCUMENTS.forEach(document -> files.add(SourceFile.at(document)));
    List<String> found = new ArrayList<>();
    for (SourceFile file : files) {
      idioms(file.text()).forEach(idiom -> found.add(file.relative() + ": " + idiom));
    }

    assertThat(found).isEmpty();
  }

  @Test
  void idioms_are_noticed_and_words_that_hold_one_are_not() {
    assertThat(idioms("/** What came of a try. */"))
        .containsExactly("'what came of' → the result of");
    assertThat(idioms("/**\n * It is live\n * no more.\n */")).hasSize(1);
    assertThat(idioms("// unless told\n    // otherwise")).hasSize(1);
    assertThat(idioms("Maybe it is a nanewspaper; what became of it?")).isEmpty();
  }

  private static List<String> idioms(String text) {
    return IDIOM
        .matcher(LINE_BREAK.matcher(text).replaceAll(" "))
        .results()
        .map(MatchResult::group)
        .map(group -> group.toLowerCase(Locale.ROOT))
        .map(idiom -> "'" + idiom + "' → " + Objects.requireNonNull(INSTEAD.get(idiom)))
        .toList();
  }
}
