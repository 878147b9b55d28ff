package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Every public type says whose thread it belongs to.
 *
 * <p>Goal: nobody has to read an implementation to know whether an object may be shared. Method:
 * the Javadoc of each public top-level type holds one of a few agreed phrases.
 */
class JavadocThreadRuleTest {
  private static final List<String> PHRASES =
      List.of(
          "safe for use by many threads",
          "immutable",
          "belongs to the thread",
          "belongs to the body",
          "by one thread at a time",
          "confined to");

  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "^(/\\*\\*(?:(?!\\*/).)*\\*/)?\\s*(?:^@[^\\n]*\\s+)*"
              + "^public [a-z- ]*@?\\b(?:class|interface|record|enum) \\w+",
          Pattern.DOTALL | Pattern.MULTILINE);

  @Test
  void every_public_type_states_its_thread_rule() {
    assertThat(silent(SourceFile.javaUnder("src/main/java")))
        .as("public types whose Javadoc says none of %s", PHRASES)
        .isEmpty();
  }

  @Test
  void a_type_without_the_rule_is_noticed() {
    assertThat(silent(sample("/** A door. */\npublic final class Door {}"))).isNotEmpty();
    assertThat(silent(sample("public interface Door {}"))).isNotEmpty();
    assertThat(silent(sample("/** A door.\n * Immutable. */\npublic final class Door {}")))
        .isEmpty();
    assertThat(silent(sample("/** Immutable. */\n@Deprecated\npublic record Door(int width) {}")))
        .isEmpty();
    assertThat(silent(sample("/** Shut. */\npublic sealed interface Door {}"))).isNotEmpty();
  }

  private static List<SourceFile> sample(String text) {
    return List.of(new SourceFile(SourceFile.ROOT.resolve("Door.java"), "package a;\n\n" + text));
  }

  private static List<String> silent(List<SourceFile> files) {
    return files.stream()
        .filter(file -> PUBLIC_TYPE.matcher(file.text()).results().anyMatch(r -> isSilent(r)))
        .map(SourceFile::relative)
        .toList();
  }

  private static boolean isSilent(MatchResult type) {
    String doc = type.group(1) == null ? "" : type.group(1);
    String prose = doc.replaceAll("\\s*\\n\\s*\\*\\s*", " ").toLowerCase(Locale.ROOT);
    return PHRASES.stream().noneMatch(prose::contains);
  }
}
