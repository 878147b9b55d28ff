package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The documents name tests that exist, and every guarantee names one.
 *
 * <p>Goal: no promise outlives its proof. Method: {@code `LeaseTest`} and {@code
 * `LeaseTest.a_lease_is_free`} in the text are looked up in the test sources; each body row of a
 * table in GUARANTEES holds one at least.
 */
class GuaranteesTest {
  private static final String GUARANTEES = "docs/GUARANTEES.md";

  private static final Pattern TEST_NAME =
      Pattern.compile("`([A-Z]\\w*Test)(?:[.#](\\w+))?(?:\\(\\))?`");
  private static final Pattern BODY_ROW =
      Pattern.compile("^\\|(?![ :|-]+$)(?!.*\\n\\|[ :|-]+$).*$", Pattern.MULTILINE);

  private static final List<SourceFile> TESTS = SourceFile.javaUnder("src/test/java");

  @Test
  void every_guarantee_names_a_test() {
    List<String> rows = rows(SourceFile.at(GUARANTEES).text());

    assertThat(rows).isNotEmpty();
    assertThat(rows).allMatch(row -> TEST_NAME.matcher(row).find());
  }

  @Test
  void every_test_that_a_document_names_exists() {
    List<SourceFile> documents = new ArrayList<>(SourceFile.under("docs", ".md"));
    documents.add(SourceFile.at("README.md"));
    documents.add(SourceFile.at("CONTRIBUTING.md"));
    for (SourceFile document : documents) {
      assertThat(missing(document.text())).as(document.relative()).isEmpty();
    }
  }

  @Test
  void names_without_a_test_are_noticed() {
    assertThat(missing("`GuaranteesTest` `GuaranteesTest#names_without_a_test_are_noticed`"))
        .isEmpty();
    assertThat(missing("`NoSuchTest` and `GuaranteesTest.no_such_method`"))
        .containsExactly("`NoSuchTest`", "`GuaranteesTest.no_such_method`");
    assertThat(rows("| what | test |\n|---|---|\n| a | `B` |\n")).containsExactly("| a | `B` |");
  }

  private static List<String> rows(String text) {
    return BODY_ROW.matcher(text).results().map(MatchResult::group).toList();
  }

  private static List<String> missing(String text) {
    List<String> missing = new ArrayList<>();
    for (MatchResult name : TEST_NAME.matcher(text).results().toList()) {
      if (!exists(name.group(1), name.group(2))) {
        missing.add(name.group());
      }
    }
    return missing;
  }

  private static boolean exists(String className, @Nullable String method) {
    return TESTS.stream()
        .filter(file -> file.fileName().equals(className + ".java"))
        .anyMatch(file -> method == null || file.text().matches(declarationOf(method)));
  }

  private static String declarationOf(String method) {
    return "(?s).*\\b(?:void|boolean) " + method + "\\(.*";
  }
}
