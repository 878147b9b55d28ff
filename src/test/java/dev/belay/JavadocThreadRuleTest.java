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
 * the Javadoc of each public top-level class and interface holds one of a few agreed phrases.
 * Records, enums, sealed interfaces and exceptions are values; their kind says it.
 */
class JavadocThreadRuleTest {
  private static final List<String> PHRASES =
      List.of(
          "safe for use by many threads",
          "immutable",
          "belongs to the thread",
          "belongs to one thread",
          "confined to");

  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "^(?<doc>/\\*\\*(?:(?!\\*/).)*\\*/)?\\s*(?:^@[^\\n]*\\s+)*"
              + "^public (?<modifiers>[a-z- ]*?)(?<kind>class|interface|record|enum|@interface) "
              + "(?<name>\\w+)",
          Pattern.DOTALL | Pattern.MULTILINE);

  @Test
  void every_public_class_and_interface_states_its_thread_rule() {
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
    assertThat(silent(sample("/** A door. */\npublic record Door(int width) {}"))).isEmpty();
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
    return !isValue(type.group(2), type.group(3), type.group(4))
        && PHRASES.stream().noneMatch(prose::contains);
  }

  private static boolean isValue(String modifiers, String kind, String name) {
    return kind.equals("record")
        || kind.equals("enum")
        || kind.equals("@interface")
        || modifiers.contains("sealed ")
        || name.endsWith("Exception");
  }
}
